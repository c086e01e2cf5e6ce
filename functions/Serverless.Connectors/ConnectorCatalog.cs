using Serverless.Connectors.Functions;
using Serverless.Connectors.Options;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Connectors;

/// <summary>The connectors there are, the check of a table's options against them, and the functions of C# beside scripts.</summary>
/// <param name="functionFolder">Where the paths of functions' assemblies are from; null for the folder of each script.</param>
public sealed class ConnectorCatalog(string? functionFolder = null) : IConnectorCatalog
{
    private readonly FunctionAssemblies _functions = new(functionFolder);

    private static readonly Connector[] Connectors =
    [
        new KafkaConnector(), new UpsertKafkaConnector(), new HologresConnector(), new JdbcConnector("rds"), new JdbcConnector("mysql"), new JdbcConnector("jdbc"),
        new ElasticsearchConnector("elasticsearch-7"), new ElasticsearchConnector("elasticsearch-6"), new ElasticsearchConnector("opensearch"),
        new FilesystemConnector(), new NexmarkConnector(), new DatagenConnector(), new PrintConnector(), new BlackholeConnector(),
    ];

    /// <inheritdoc />
    public ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (!TryGetName(table, out var named))
        {
            diagnostics.Error(table.Span, $"table '{table.Name}' has no option 'connector'; there are {string.Join(", ", Connectors.Select(c => $"'{c.Name}'"))}");
            return null;
        }
        if (Find(named.Value) is not { } connector)
        {
            var unknown = Unknown("connector", named.Value, Connectors.Select(c => c.Name));
            diagnostics.Error(named.ValueSpan, OtherConnectors.InsteadOf(named.Value) is { } instead ? $"there is no connector '{named.Value}' here: {instead}" : unknown.EndsWith('?') ? unknown : $"{unknown}; there are {string.Join(", ", Connectors.Select(c => $"'{c.Name}'"))}");
            return null;
        }
        if (!(use switch { TableUse.Source => connector.IsSource, TableUse.Sink => connector.IsSink, _ => connector.IsLookup }))
            diagnostics.Error(named.ValueSpan, $"a '{connector.Name}' table cannot be {(use == TableUse.Source ? "read from" : "written to")}{connector.WrongUse}");
        else
            CheckOptions(connector, table, use, diagnostics);
        return connector.TraitsOf(table);
    }

    /// <inheritdoc />
    public TableOptions Renamed(TableOptions options, Diagnostics diagnostics) => FormerOptions.Renamed(options, diagnostics);

    /// <inheritdoc />
    public bool IsKnown(TableDefinition table) => TryGetName(table, out var named) && Find(named.Value) is not null;

    /// <inheritdoc />
    public bool IsLookup(TableDefinition table) => TryGetName(table, out var named) && Find(named.Value) is { IsLookup: true };

    /// <inheritdoc />
    public bool IsUpsert(TableDefinition table) => TryGetName(table, out var named) && Find(named.Value) is { IsUpsert: true };

    /// <inheritdoc />
    public UserClass? FindClass(CreateFunctionStatement function, Diagnostics diagnostics) => _functions.Find(function, diagnostics);

    /// <summary>The option that names a table's connector: <c>connector</c>, in old scripts <c>type</c>.</summary>
    internal static bool TryGetName(TableDefinition table, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TableOption? name) =>
        table.Options.TryGet(out name, "connector", "type");

    /// <summary>The connector of a name; null if there is none.</summary>
    internal static Connector? Find(string name) => Array.Find(Connectors, c => Is(c.Name, name));

    internal static string Unknown(string what, string name, IEnumerable<string> known)
    {
        var nearest = Spelling.Nearest(name, known);
        return $"unknown {what} '{name}'" + (nearest is null ? "" : $"; did you mean '{nearest}'?");
    }

    private static void CheckOptions(Connector connector, TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        // A password in a script ends up in a repository.
        if (table.Options.All.Where(SecretOptions.SaysSecret).ToList() is { Count: > 0 } secrets)
            diagnostics.Warning(secrets[0].ValueSpan, $"a password in a script is a password in its repository: write '${{NAME}}' for what is secret in {string.Join(" and ", secrets.Select(s => $"'{s.Name}'"))}, and set NAME");
        var seen = new Dictionary<OptionRule, TableOption>();
        foreach (var option in table.Options.All)
        {
            if (Is(option.Name, "connector") || Is(option.Name, "type"))
                CheckSame(table, option, diagnostics);
            else if (connector.Options.FirstOrDefault(r => r.Names.Any(n => Is(n, option.Name))) is not { } rule)
                CheckOther(connector, option, diagnostics);
            else if (rule.Name == "format" && table.Options.TryGet(out _, "format") && Is(option.Name, "value.format"))
                diagnostics.Notice(option.NameSpan, "'value.format' is ignored: 'format' says it, and counts");
            else if (!seen.TryAdd(rule, option))
                diagnostics.Error(option.NameSpan, $"'{option.Name}' and '{seen[rule].Name}' are the same option; keep one");
            else
                CheckKnown(rule, option, use, diagnostics);
        }
        foreach (var rule in connector.Options)
            if (rule.IsRequired && !seen.ContainsKey(rule))
                diagnostics.Error(table.Span, $"'{connector.Name}' table '{table.Name}' needs the option '{rule.Name}'");
        connector.CheckTogether(table, use, diagnostics);
    }

    private static void CheckSame(TableDefinition table, TableOption option, Diagnostics diagnostics)
    {
        if (TryGetName(table, out var named) && !Is(named.Value, option.Value))
            diagnostics.Error(option.NameSpan, $"'{option.Name}' and '{named.Name}' are the same option; keep one");
    }

    private static void CheckOther(Connector connector, TableOption option, Diagnostics diagnostics)
    {
        if (!connector.CheckOpenOption(option, diagnostics))
            diagnostics.Error(option.NameSpan, Unknown($"option of '{connector.Name}'", option.Name, connector.Options.Where(r => r.Meaning == OptionMeaning.Used).SelectMany(r => r.Names)));
    }

    private static void CheckKnown(OptionRule rule, TableOption option, TableUse use, Diagnostics diagnostics)
    {
        if (rule.Use is { } only && only != use)
            diagnostics.Notice(option.NameSpan, $"'{option.Name}' is ignored: only {only switch { TableUse.Source => "sources", TableUse.Sink => "sinks", _ => "lookup joins" }} have it");
        else if (rule.Meaning == OptionMeaning.Ignored)
            diagnostics.Notice(option.NameSpan, $"'{option.Name}' is ignored: {rule.Note}");
        else if (rule.Meaning == OptionMeaning.Refused)
            diagnostics.Error(option.NameSpan, $"'{option.Name}' cannot be used: {rule.Note}");
        else if (!Placeholders.IsIn(option.Value) && rule.Check?.Invoke(option.Value) is { } wrong)
            diagnostics.Error(option.ValueSpan, $"'{option.Name}' {wrong}");
    }

    private static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
