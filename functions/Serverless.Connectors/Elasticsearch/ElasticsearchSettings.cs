using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Elasticsearch;

/// <summary>Where a table's documents lie, and how they are written.</summary>
/// <param name="Table">The table.</param>
/// <param name="Hosts">The cluster's nodes, tried in turn.</param>
/// <param name="Index">The index of a row.</param>
/// <param name="KeyDelimiter">What stands between the primary key's values in a document's id.</param>
internal sealed record ElasticsearchSettings(TableDefinition Table, IReadOnlyList<Uri> Hosts, IndexName Index, string KeyDelimiter)
{
    public const int DefaultMaxRows = 1000;

    /// <summary>The type of the documents, which Elasticsearch had up to 6; null for none.</summary>
    public string? DocumentType { get; init; }

    /// <summary>The user; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>The most rows of a request.</summary>
    public int MaxRows { get; init; } = DefaultMaxRows;

    /// <summary>The time to live of the state that the rows are made of; null for none.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Where it is, for messages: without a secret.</summary>
    public string Place => string.Join(", ", Hosts.Select(h => h.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)));

    /// <summary>Reads a table's options.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public static ElasticsearchSettings Of(TableDefinition table, OptionValues options, TimeSpan? timeToLive)
    {
        var index = IndexName.Parse(options.Required(ElasticsearchConnector.Index), table, out var problem)
            ?? throw new ConnectorException($"table '{table.Name}': '{ElasticsearchConnector.Index}' {problem}");
        if (ElasticsearchConnector.MovingColumn(index, table) is { } moving)
            throw new ConnectorException($"table '{table.Name}': '{ElasticsearchConnector.Index}' {moving}");
        var prefix = options[ElasticsearchConnector.PathPrefix]?.Trim('/') is { Length: > 0 } path ? path + "/" : "";
        return new ElasticsearchSettings(table, [.. ElasticsearchConnector.HostsOf(options.Required(ElasticsearchConnector.Hosts)).Select(h => new Uri(h, prefix))], index, options[ElasticsearchConnector.KeyDelimiter] ?? "_")
        {
            DocumentType = options[ElasticsearchConnector.DocumentType],
            User = options["username"],
            Password = options["password"],
            MaxRows = (int)(options.Number(OptionValues.MaxRows) ?? DefaultMaxRows),
            TimeToLive = timeToLive,
        };
    }
}
