using System.Globalization;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Common;

/// <summary>What the options of a <c>jdbc</c>, <c>mysql</c> or <c>rds</c> table say.</summary>
internal static class JdbcSettings
{
    private const int DefaultRows = 100;
    private const int MySqlPort = 3306;

    /// <summary>The database's kind and place.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public static (DatabaseKind Kind, DatabaseAddress Address) AddressOf(TableDefinition definition, OptionValues options)
    {
        var url = UrlOf(definition, options);
        var address = url.ToAddress(options[JdbcConnector.Username] ?? "", options[JdbcConnector.Password] ?? "");
        return (url.Kind, address with
        {
            Tls = options[DatabaseOptions.SslMode.Name] is null ? address.Tls : DatabaseOptions.TlsOf(options, address.Host),
            RootCertificate = options[DatabaseOptions.RootCertificate.Name] ?? address.RootCertificate,
        });
    }

    /// <summary>The table, and how it is written; no setting is asked for that only says where the database is.</summary>
    /// <param name="definition">The table as the script has it.</param>
    /// <param name="options">Its options.</param>
    /// <param name="timeToLive">The time to live of the job's state, which decides how the version column numbers versions; null for none.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public static (DatabaseKind Kind, SinkTable Table) TableOf(TableDefinition definition, OptionValues options, TimeSpan? timeToLive)
    {
        var (kind, url) = UrlBehindHost(definition, options);
        var named = options.Required(JdbcConnector.Table);
        if (JdbcConnector.NameProblem(kind, named) is { } wrong)
            throw new ConnectorException($"table '{definition.Name}': '{JdbcConnector.Table}' {wrong}");
        var (schema, name) = NameOf(kind, named);
        var table = new SinkTable(definition, schema ?? url?.Schema, name)
        {
            MaxRows = (int)(options.Number(JdbcConnector.BatchSize) ?? options.Number(OptionValues.MaxRows) ?? DefaultRows),
            Deletes = DeleteOptions.Of(options),
            VersionColumn = DatabaseOptions.VersionColumnOf(definition, options),
            IgnoresNull = options.IsOn(JdbcConnector.IgnoresNull),
            TimeToLive = timeToLive,
        };
        return (kind, table);
    }

    private static (string? Schema, string Name) NameOf(DatabaseKind kind, string text)
    {
        if (kind == DatabaseKind.MySql && MySqlName.TryParse(text, out var name))
            return (name.Database, name.Table);
        var other = PostgreSqlName.Parse(text);
        return (other.Schema, other.Table);
    }

    // Placeholders for host and database have no part in what the table is.
    private static (DatabaseKind Kind, JdbcUrl? Url) UrlBehindHost(TableDefinition definition, OptionValues options)
    {
        if (!definition.Options.TryGet(out var option, JdbcConnector.Url))
            return (DatabaseKind.MySql, null);
        var query = option.Value.IndexOf('?', StringComparison.Ordinal);
        var isKnown = query < 0 || !Placeholders.IsIn(option.Value[query..]);
        var url = (isKnown ? JdbcUrl.Parse(option.Value, [], KindsOf(definition)) : null) ?? UrlOf(definition, options);
        return (url.Kind, url);
    }

    private static JdbcUrl UrlOf(TableDefinition definition, OptionValues options)
    {
        if (options[JdbcConnector.Url] is not { } text)
        {
            var port = options[JdbcConnector.Port];
            return new JdbcUrl(
                DatabaseKind.MySql, options.Required(JdbcConnector.Host), port is null ? MySqlPort : int.Parse(port, CultureInfo.InvariantCulture), options.Required(JdbcConnector.Database));
        }
        List<UrlDiagnostic> diagnostics = [];
        var url = JdbcUrl.Parse(text, diagnostics, KindsOf(definition));
        var errors = diagnostics.Where(r => r.Severity == Severity.Error).Select(r => $"table '{definition.Name}': '{JdbcConnector.Url}' {r.Message}").ToList();
        return errors.Count > 0 || url is null
            ? throw new ConnectorException(string.Join('\n', errors.DefaultIfEmpty($"table '{definition.Name}': '{JdbcConnector.Url}' must name a database")))
            : url;
    }

    private static DatabaseKind[] KindsOf(TableDefinition definition) =>
        ConnectorCatalog.TryGetName(definition, out var name) && ConnectorCatalog.Find(name.Value) is JdbcConnector connector ? connector.Kinds : [DatabaseKind.MySql];
}
