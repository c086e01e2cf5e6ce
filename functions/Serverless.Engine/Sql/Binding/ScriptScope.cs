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

    /// <summary>The statement that makes it.</summary>
    public CreateTableStatement? Statement { get; init; }

    /// <summary>Returns the table with the options that hints give it where it is named.</summary>
    public ScriptTable With(IReadOnlyList<HintSyntax> hints)
    {
        var added = hints.Where(h => h.Name.Text.Equals("OPTIONS", StringComparison.OrdinalIgnoreCase)).SelectMany(h => h.Options).ToList();
        return added.Count == 0 ? this : this with { Definition = Definition with { Options = Definition.Options.With(added.Select(TableOption.Of)) } };
    }
}

/// <summary>A column that is no part of the value of a record, but known of it: its topic, its timestamp.</summary>
/// <param name="Name">The column's name, where it stands.</param>
/// <param name="Type">The type that the script gives it.</param>
/// <param name="Key">What it is, as Flink's Kafka connector calls it.</param>
/// <param name="IsVirtual">Whether it is only read.</param>
internal sealed record MetadataColumn(Identifier Name, SqlType Type, string Key, bool IsVirtual);

/// <summary>The tables, views and functions of a script, by name, at one place of it.</summary>
/// <param name="connectors">The connectors of the host.</param>
internal sealed class ScriptScope(IConnectorCatalog connectors)
{
    private const string DefaultCatalog = "default_catalog";
    private const string DefaultDatabase = "default_database";

    /// <summary>The connectors of the host.</summary>
    public IConnectorCatalog Connectors => connectors;

    /// <summary>The tables, each under all the parts of its name but those that there are without any.</summary>
    public Dictionary<string, ScriptTable> Tables { get; private init; } = [];

    /// <summary>The views.</summary>
    public Dictionary<string, CreateViewStatement> Views { get; private init; } = [];

    /// <summary>The user-defined functions, by their names in any letter case.</summary>
    public Dictionary<string, ScriptFunction> Functions { get; private init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The functions that a query at this place may name: those there are, and those that are created further below, which is an error.</summary>
    public IReadOnlyDictionary<string, ScriptFunction> AllFunctions
    {
        get
        {
            var all = new Dictionary<string, ScriptFunction>(Functions, Functions.Comparer);
            foreach (var (name, function) in (Whole ?? this).Functions)
                all.TryAdd(name, function with { IsBelow = true });
            return all;
        }
    }

    /// <summary>All tables and views that the script creates, wherever.</summary>
    public HashSet<string> Created { get; private init; } = [];

    /// <summary>Tables whose definition has errors: naming them is no error of its own.</summary>
    public HashSet<string> Broken { get; private init; } = [];

    /// <summary>What the whole script makes, for what is not there yet; null for that itself.</summary>
    private ScriptScope? Whole { get; init; }

    private string Catalog { get; set; } = "";

    private string Database { get; set; } = "";

    /// <summary>Returns what there is at this place, which later statements do not change.</summary>
    public ScriptScope Here() => new(connectors)
    {
        Tables = new(Tables),
        Views = new(Views),
        Functions = new(Functions, Functions.Comparer),
        Created = Created,
        Broken = Broken,
        Catalog = Catalog,
        Database = Database,
        Whole = Whole ?? this,
    };

    /// <summary><c>USE</c>: where names belong that say no catalog or database.</summary>
    public void Use(UseStatement use)
    {
        if (use.IsCatalog)
            (Catalog, Database) = (use.Name.Text == DefaultCatalog ? "" : use.Name.Text, "");
        else if (use.Name.Text.LastIndexOf('.') is var dot and > 0)
            (Catalog, Database) = (use.Name.Text[..dot], use.Name.Last);
        else
            Database = use.Name.Text == DefaultDatabase ? "" : use.Name.Text;
    }

    /// <summary>Returns a name with the catalog and the database that it belongs to.</summary>
    public string Qualified(Identifier name) => string.Join('.', new[] { name.Text.Count(c => c == '.') < 2 ? Catalog : "", name.Text == name.Last ? Database : "", name.Text }.Where(p => p.Length > 0));

    /// <summary>Finds a view; null if the name is none.</summary>
    public CreateViewStatement? FindView(Identifier name) => KeyOf(name, out var scope) is { } key ? scope.Views.GetValueOrDefault(key) : null;

    /// <summary>Finds a table; null if the name is none, which nobody is told of.</summary>
    public ScriptTable? GetTable(Identifier name) => KeyOf(name, out var scope) is { } key ? scope.Tables.GetValueOrDefault(key) : null;

    /// <summary>Finds a table; null after an error.</summary>
    public ScriptTable? FindTable(Identifier name, Diagnostics diagnostics)
    {
        if (GetTable(name) is { } table)
            return table;
        var key = Qualified(name);
        if (Created.Contains(key) && !Broken.Contains(key))
        {
            diagnostics.Error(name.Span, $"'{name.Text}' is created further below; move its CREATE up");
            return null;
        }

        // A CREATE TABLE that cannot be read has said so itself.
        var isWritten = Regex.IsMatch(
            diagnostics.Source.Text,
            $@"\bCREATE\s+(OR\s+REPLACE\s+)?(TEMPORARY\s+)?(TABLE|VIEW)\s+(IF\s+NOT\s+EXISTS\s+)?([\w`]+\s*\.\s*)*`?{Regex.Escape(name.Last)}\b",
            RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
        if (!Broken.Contains(key) && !(isWritten && diagnostics.HasErrors))
            diagnostics.Error(name.Span, Unknown(name));
        return null;
    }

    private string Unknown(Identifier name)
    {
        var known = (Whole ?? this).Tables.Keys.Concat((Whole ?? this).Views.Keys).ToList();
        if (Spelling.Nearest(name.Text, known) is { } near)
            return $"unknown table '{name.Text}'; did you mean '{near}'?";
        var there = known.Count is > 0 and <= 10 ? $", which has {string.Join(", ", known.Order(StringComparer.Ordinal).Select(k => $"'{k}'"))}" : "";
        return name.Text == name.Last
            ? $"unknown table '{name.Text}'; CREATE it first in this script{there}"
            : $"unknown table '{name.Text}': tables of a catalog are not read from there; CREATE it in this script{there}";
    }

    /// <summary>The key of a name: in the catalog and database that are used, as written, or where there is but one of the name.</summary>
    private string? KeyOf(Identifier name, out ScriptScope scope)
    {
        foreach (var candidate in (ScriptScope?[])[this, Whole])
        {
            if (candidate is null)
                continue;
            scope = candidate;
            if (Known(Qualified(name)) is { } qualified)
                return qualified;
            if (Known(name.Text) is { } written)
                return written;
            var ending = candidate.Tables.Keys.Concat(candidate.Views.Keys)
                .Where(k => k.EndsWith("." + name.Text, StringComparison.Ordinal) || name.Text.EndsWith("." + k, StringComparison.Ordinal)).Take(2).ToList();
            if (ending.Count == 1)
                return ending[0];

            string? Known(string key) => candidate.Tables.ContainsKey(key) || candidate.Views.ContainsKey(key) ? key : null;
        }

        scope = this;
        return null;
    }
}
