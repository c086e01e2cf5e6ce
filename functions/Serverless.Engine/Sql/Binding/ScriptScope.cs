using System.Text.RegularExpressions;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A table of a script with what belongs to queries only.</summary>
internal sealed record ScriptTable(TableDefinition Definition, IReadOnlyList<ComputedColumnSyntax> Computed, IReadOnlyList<string> ColumnOrder)
{
    /// <summary>The column that <c>WATERMARK FOR</c> names: when a record took place.</summary>
    public Identifier? TimeColumn { get; init; }

    /// <summary>The metadata columns.</summary>
    public IReadOnlyList<MetadataColumn> Metadata { get; init; } = [];
}

/// <summary>A column that is no part of the value of a record, but known of it: its topic, its timestamp.</summary>
/// <param name="Name">The column's name, where it stands.</param>
/// <param name="Type">The type that the script gives it.</param>
/// <param name="Key">What it is, as Flink's Kafka connector calls it.</param>
/// <param name="IsVirtual">Whether it is only read.</param>
internal sealed record MetadataColumn(Identifier Name, SqlType Type, string Key, bool IsVirtual);

/// <summary>The tables and views of a script, by name.</summary>
/// <param name="connectors">The connectors of the host.</param>
internal sealed class ScriptScope(IConnectorCatalog connectors)
{
    /// <summary>The connectors of the host.</summary>
    public IConnectorCatalog Connectors => connectors;

    public Dictionary<string, ScriptTable> Tables { get; } = [];

    public Dictionary<string, CreateViewStatement> Views { get; } = [];

    /// <summary>All tables and views that the script creates, wherever.</summary>
    public HashSet<string> Created { get; } = [];

    /// <summary>Tables whose definition has errors: naming them is no error of its own.</summary>
    public HashSet<string> Broken { get; } = [];

    public ScriptTable? FindTable(Identifier name, Diagnostics diagnostics)
    {
        if (Tables.TryGetValue(name.Text, out var table))
            return table;
        if (Created.Contains(name.Text) && !Broken.Contains(name.Text))
        {
            diagnostics.Error(name.Span, $"'{name.Text}' is created further below; move its CREATE up");
            return null;
        }

        // A CREATE TABLE that cannot be read has said so itself.
        var isWritten = Regex.IsMatch(diagnostics.Source.Text, $@"\bCREATE\s+(TEMPORARY\s+)?(TABLE|VIEW)\s+`?{Regex.Escape(name.Text)}\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
        if (!Broken.Contains(name.Text) && !(isWritten && diagnostics.HasErrors))
        {
            var near = Spelling.Nearest(name.Text, Tables.Keys.Concat(Views.Keys));
            diagnostics.Error(name.Span, $"unknown table '{name.Text}'{(near is null ? "; CREATE it first in this script" : $"; did you mean '{near}'?")}");
        }

        return null;
    }
}
