using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests;

/// <summary>Tables as a binder would hand them over.</summary>
internal static class Tables
{
    /// <summary>A table with options, one a line: <c>name = value</c>.</summary>
    public static TableDefinition With(string options) => Make(
        [new("appkey", SqlType.String, false), new("amount", SqlType.Double, false)], [0], options);

    public static TableDefinition Make(TableColumn[] columns, int[] key, string options = "connector = blackhole", string name = "t")
    {
        // Each option's spans tell its place in the list, so that a test can see what an error points to.
        var list = options.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select((line, i) =>
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            return new TableOption(line[..at].Trim(), line[(at + 1)..].Trim(), new TextSpan(i * 2 + 1, 1), new TextSpan(i * 2 + 2, 1));
        });
        return new TableDefinition(name, new TextSpan(0, 1), columns, key, new TableOptions([.. list]));
    }

    public static Diagnostics Check(string options, TableUse use, out ConnectorTraits? traits)
    {
        var diagnostics = new Diagnostics(new SourceText("t.sql", new string(' ', 200)));
        traits = new ConnectorCatalog().Describe(With(options), use, diagnostics);
        return diagnostics;
    }
}
