using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Tests;

/// <summary>Connectors for tests: any name goes, any option goes, and all but print, blackhole and filesystem upsert by key. One table of the script is one table. Functions are classes of the tests.</summary>
internal sealed class TestConnectors : IConnectorCatalog
{
    public ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics)
    {
        var name = table.Options.TryGet(out var option, "connector", "type") ? option.Value : "none";
        var isKeyed = use == TableUse.Sink && name is not ("print" or "blackhole" or "filesystem" or "kafka");
        return new ConnectorTraits(name, isKeyed)
        {
            IsAppendOnly = use == TableUse.Sink && name is "filesystem" or "kafka",
            CanAppend = name is "jdbc",
            WritesListedColumnsOnly = table.Options.TryGet(out _, "partial"),
            Target = isKeyed ? table.Options.TryGet(out var target, "table-name") ? target.Value : table.Name : null,
            DeletesRows = !table.Options.TryGet(out _, "ignoreDelete"),
            VersionColumn = table.Options.TryGet(out var version, "sink.version-column") ? version.Value : null,
        };
    }

    public bool IsUpsert(TableDefinition table) => table.Options.TryGet(out var option, "connector") && option.Value == "upsert-kafka";

    public bool IsLookup(TableDefinition table) => table.Options.TryGet(out var option, "connector", "type") && option.Value is "jdbc" or "mysql" or "rds" or "hologres";

    // The tests' own classes, whatever the assembly is called.
    public UserClass? FindClass(CreateFunctionStatement function, Diagnostics diagnostics)
    {
        if (typeof(TestConnectors).Assembly.GetType(function.Class.Text) is { } type)
            return new UserClass(type, "tests");
        diagnostics.Error(function.Class.Span, $"the tests have no class '{function.Class.Text}'");
        return null;
    }
}
