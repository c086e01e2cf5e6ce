using Serverless.Engine.Sql;

namespace Serverless.Engine.Runtime;

/// <summary>A source table of a dataflow, with the fields that are decoded of its records.</summary>
/// <param name="table">The table.</param>
public sealed class DataflowSource(TableDefinition table)
{
    private readonly List<SourceField> _fields = [];

    /// <summary>The table.</summary>
    public TableDefinition Table { get; } = table;

    /// <summary>The fields.</summary>
    public IReadOnlyList<SourceField> Fields => _fields;

    internal int PlaceOf(SourceField field)
    {
        var at = _fields.IndexOf(field);
        if (at >= 0)
            return at;
        _fields.Add(field);
        return _fields.Count - 1;
    }
}
