using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Hologres;

/// <summary>What the options of a <c>hologres</c> table say.</summary>
internal static class HologresSettings
{
    private const int DefaultBatchRows = 256;
    private const long DefaultBatchBytes = 2 << 20;

    /// <summary>How a new row may compare with the old one, in Hologres' words and in SQL's.</summary>
    public static IReadOnlyDictionary<string, string> Operators { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["GREATER"] = ">",
        ["GREATER_OR_EQUAL"] = ">=",
        ["EQUAL"] = "=",
        ["NOT_EQUAL"] = "<>",
        ["LESS"] = "<",
        ["LESS_OR_EQUAL"] = "<=",
        ["IS_NULL"] = "IS NULL",
        ["IS_NOT_NULL"] = "IS NOT NULL",
    };

    /// <summary>Where the database is.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public static DatabaseAddress AddressOf(OptionValues options)
    {
        _ = HologresConnector.TryParse(options.Required("endpoint"), out var host, out var port);
        return new DatabaseAddress(
            host, port, options.Required("dbname"), options.Required("username"), options.Required("password"), DatabaseOptions.TlsOf(options, host))
        {
            RootCertificate = options[DatabaseOptions.RootCertificate.Name],
        };
    }

    /// <summary>The table, and how it is written.</summary>
    /// <param name="definition">The table as the script has it.</param>
    /// <param name="options">Its options.</param>
    /// <param name="timeToLive">The time to live of the job's state, which decides how the version column numbers versions; null for none.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public static SinkTable TableOf(TableDefinition definition, OptionValues options, TimeSpan? timeToLive)
    {
        var name = PostgreSqlName.Parse(options.Required("tablename"));
        return new SinkTable(definition, name.Schema, name.Table)
        {
            MaxRows = (int)(options.Number(OptionValues.MaxRows) ?? DefaultBatchRows),
            MaxBytes = options.Number(HologresConnector.BatchBytes) ?? DefaultBatchBytes,
            Deletes = DeleteOptions.Of(options),
            VersionColumn = DatabaseOptions.VersionColumnOf(definition, options),
            CheckAndPut = CheckAndPutOf(definition, options),
            IgnoresNull = options.IsOn(HologresConnector.IgnoresNull),
            RemovesNul = options.IsOn(HologresConnector.RemovesNul),
            TimeToLive = timeToLive,
        };
    }

    /// <summary>What is wrong with a column to compare by; null if nothing is.</summary>
    public static string? ColumnProblem(TableDefinition table, string column)
    {
        var index = IndexOf(table, column);
        return index < 0 ? $"must be a column of table '{table.Name}'"
            : table.PrimaryKey.Contains(index) ? "must not be a column of the primary key, which is the same in both rows"
            : null;
    }

    private static CheckAndPut? CheckAndPutOf(TableDefinition table, OptionValues options)
    {
        if (options[HologresConnector.CheckColumn] is not { } column)
            return null;
        if (ColumnProblem(table, column) is { } wrong)
            throw new ConnectorException($"table '{table.Name}': '{HologresConnector.CheckColumn}' {wrong}");
        return new CheckAndPut(IndexOf(table, column), Operators[options[HologresConnector.CheckOperator] ?? "GREATER"], options[HologresConnector.CheckNullAs]);
    }

    private static int IndexOf(TableDefinition table, string column) => table.Columns.Select(c => c.Name).ToList().IndexOf(column);
}
