using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>What a FROM or a whole query stands for: columns over a source table, aggregated once at the most.</summary>
internal sealed record Relation
{
    /// <summary>The table at the bottom.</summary>
    public required SourceFields Source { get; init; }

    /// <summary>The names its columns may be qualified with.</summary>
    public string? Alias { get; init; }

    /// <summary>Finds a column: its expression, or null where there is none.</summary>
    public required Func<string, Scalar?> Find { get; init; }

    /// <summary>The columns' names in order, for <c>*</c> and «did you mean».</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The conditions on records.</summary>
    public Scalar? Filter { get; init; }

    /// <summary>The grouping; null while nothing is aggregated.</summary>
    public Grouping? Grouping { get; init; }
}

/// <summary>An aggregation: keys and aggregates over the source, and the condition on groups.</summary>
internal sealed record Grouping(IReadOnlyList<NamedScalar> Keys, IReadOnlyList<AggregateCall> Aggregates, Scalar? Having);

/// <summary>The fields of a source table that a query touches, numbered as they are met.</summary>
internal sealed class SourceFields(TableDefinition table)
{
    private readonly List<SourceField> _fields = [];

    public TableDefinition Table { get; } = table;

    public IReadOnlyList<SourceField> All => _fields;

    public Scalar Use(ValueList<string> path, SqlType type)
    {
        if (type.Kind == SqlKind.Row)
            return new RowScalar(path, type);
        var field = new SourceField(path, type);
        var index = _fields.IndexOf(field);
        if (index < 0)
        {
            index = _fields.Count;
            _fields.Add(field);
        }

        return new ColumnScalar(index, field.Name, type);
    }
}
