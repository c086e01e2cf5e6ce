using Serverless.Engine.Sql;

namespace Serverless.Engine.Tests;

/// <summary>Connectors for tests: any name goes, any option goes, and all but print, blackhole and filesystem upsert by key.</summary>
internal sealed class TestConnectors : IConnectorCatalog
{
    public ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        var name = table.Options.TryGet(out var option, "connector", "type") ? option.Value : "none";
        return new ConnectorTraits(name, use == TableUse.Sink && name is not ("print" or "blackhole" or "filesystem"));
    }
}
