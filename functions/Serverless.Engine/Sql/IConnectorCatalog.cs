namespace Serverless.Engine.Sql;

/// <summary>How a job uses a table.</summary>
public enum TableUse
{
    /// <summary>The job reads it.</summary>
    Source,

    /// <summary>The job writes it.</summary>
    Sink,
}

/// <summary>What the binder has to know of a connector.</summary>
/// <param name="Name">Its name: <c>kafka</c>, <c>mysql</c>…</param>
/// <param name="NeedsPrimaryKey">Whether a sink of this kind upserts by key and so must have a <c>PRIMARY KEY</c>.</param>
public sealed record ConnectorTraits(string Name, bool NeedsPrimaryKey);

/// <summary>What knows the connectors of a host. The engine knows none: it asks.</summary>
public interface IConnectorCatalog
{
    /// <summary>
    /// Checks a table's options: an unknown connector or option (naming the nearest known one), a missing or malformed value.
    /// </summary>
    /// <returns>The connector's traits, or null where the connector is not known (an error has been reported).</returns>
    ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics);
}
