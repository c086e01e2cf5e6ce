using Serverless.Connectors.Elasticsearch;
using Serverless.Engine.Formats;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Options;

/// <summary><c>elasticsearch-7</c>, <c>elasticsearch-6</c> and <c>opensearch</c>: a sink of documents.</summary>
/// <param name="name">Which of them.</param>
internal sealed class ElasticsearchConnector(string name) : Connector
{
    public const string Hosts = "hosts";
    public const string Index = "index";
    public const string DocumentType = "document-type";
    public const string KeyDelimiter = "document-id.key-delimiter";
    public const string PathPrefix = "connection.path-prefix";

    // What versions are called in messages: a document has its own.
    private const string Version = "_version";

    public override string Name => name;

    public override bool IsSink => true;

    public override bool NeedsPrimaryKey => true;

    public override string WrongUse => "; read from a 'kafka', 'datagen' or 'filesystem' table";

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Required(Hosts, HostsProblem),
        OptionRule.Required(Index),
        OptionRule.Used(DocumentType, OptionChecks.NotEmpty) with { IsRequired = name == "elasticsearch-6" },
        OptionRule.Used(KeyDelimiter),
        OptionRule.Used(PathPrefix),
        OptionRule.Used("username"),
        OptionRule.Used("password"),
        .. FormatOptions.OfValue.Select(r => r with { IsRequired = false }),
        .. SinkOptionsBeside(["sink.bulk-flush.max-actions"], ["sink.bulk-flush.interval"]),
        .. OptionRule.Ignored("a request has at most five megabytes", "sink.bulk-flush.max-size"),
        .. OptionRule.Ignored(
            "what the cluster does not take now is written again until it does",
            "sink.bulk-flush.backoff.strategy", "sink.bulk-flush.backoff.type", "sink.bulk-flush.backoff.max-retries", "sink.bulk-flush.backoff.delay", "sink.max-retries"),
        .. OptionRule.Ignored("a document that the cluster refuses becomes a dead letter", "failure-handler", "sink.failure-handler"),
        .. OptionRule.Ignored("every row is written before its records are committed", "sink.flush-on-checkpoint", "sink.delivery-guarantee"),
        .. OptionRule.Ignored("a request is given a minute", "connection.timeout", "connection.request-timeout", "socket.timeout"),
    ];

    public override ConnectorTraits TraitsOf(TableDefinition table) => new(Name, NeedsPrimaryKey)
    {
        Target = table.Options.TryGet(out var hosts, Hosts) && table.Options.TryGet(out var index, Index) ? $"{hosts.Value} {index.Value}" : null,
        TakesNested = true,
        CanAppend = true,
        DeletesRows = true,
        VersionColumn = Version,
    };

    public override void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        if (table.Options.TryGet(out var format, "format", "value.format") && TableFormats.NameOf(table) != "json")
            diagnostics.Error(format.ValueSpan, $"'{format.Name}' is '{format.Value}', and a document is 'json'");
        if (table.Options.TryGet(out var named, Index) && !Placeholders.IsIn(named.Value)
            && (IndexName.Parse(named.Value, table, out var problem) is { } index ? MovingColumn(index, table) : problem) is { } wrong)
            diagnostics.Error(named.ValueSpan, $"'{named.Name}' {wrong}");
        if (table.PrimaryKey.Select(k => table.Columns[k]).FirstOrDefault(c => c.Type.IsNested || c.Type.Kind == SqlKind.Bytes) is { } key)
            diagnostics.Error(key.Span, $"'{key.Name}' is {key.Type}, which cannot be part of a document's id: CAST it to STRING in the query and in the table");
        if (table.Options.TryGet(out var user, "username") != table.Options.TryGet(out var password, "password"))
            diagnostics.Error((user ?? password)!.NameSpan, "'username' and 'password' go together: set both");
        if (password is not null && AreClear(table))
            diagnostics.Warning(password.NameSpan, "the password goes over the network in clear text: use 'https://' in 'hosts'");

        static bool AreClear(TableDefinition table) => table.Options.TryGet(out var hosts, Hosts) && !Placeholders.IsIn(hosts.Value)
            && HostsProblem(hosts.Value) is null && HostsOf(hosts.Value).Any(h => h.Scheme == "http" && !h.IsLoopback);
    }

    /// <summary>The nodes of an option's value, with semicolons between, as in Flink.</summary>
    public static IEnumerable<Uri> HostsOf(string value) => Parts(value).Select(h => new Uri(h.TrimEnd('/') + "/"));

    /// <summary>What is wrong if rows of one key could be in several indices; null if nothing is.</summary>
    public static string? MovingColumn(IndexName index, TableDefinition table) =>
        table.PrimaryKey.Count > 0 && index.Columns.Where(c => !table.PrimaryKey.Contains(c)).Select(c => table.Columns[c].Name).FirstOrDefault() is { } column
            ? $"goes by '{column}', which is not in the primary key: a row whose '{column}' changes would stay in its former index. Put '{column}' into the primary key"
            : null;

    private static string? HostsProblem(string value) =>
        Parts(value) is not { Length: > 0 } all || !all.All(h => Uri.TryCreate(h, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") ? "must be like 'http://host:9200', or several with semicolons between"
        : all.Any(h => new Uri(h).UserInfo.Length > 0) ? "cannot hold a user or a password: write them as 'username' and 'password'"
        : null;

    private static string[] Parts(string value) => value.Split([';', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
