using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Engine.Plans;

/// <summary>The records of a source table, with the fields that the query names, each decoded once.</summary>
public sealed class ScanRelation : Relation
{
    private readonly ColumnIds _ids;
    private readonly List<(PlanColumn Column, SourceField Field)> _fields = [];

    internal ScanRelation(TableDefinition table, ColumnIds ids) => (Table, _ids) = (table, ids);

    /// <summary>The table.</summary>
    public TableDefinition Table { get; }

    /// <summary>The fields that the query names, in the order in which it does.</summary>
    public IReadOnlyList<(PlanColumn Column, SourceField Field)> Fields => _fields;

    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Columns => [.. _fields.Select(f => f.Column)];

    /// <inheritdoc />
    public override IReadOnlyList<Relation> Inputs => [];

    /// <inheritdoc />
    public override bool IsAppendOnly => !IsChangelog;

    /// <summary>Whether its records take rows away again.</summary>
    public bool IsChangelog { get; init; }

    /// <inheritdoc />
    public override IReadOnlyList<IReadOnlySet<int>> UniqueKeys => IsChangelog && Table.PrimaryKey.Count > 0 ? [KeyColumns.Select(c => c.Index).ToHashSet()] : [];

    // A row that is taken away is the one that another record added.
    /// <inheritdoc />
    public override IReadOnlyList<PlanColumn> Order => IsChangelog ? [] : [Use(SourceField.RecordOrder)];

    /// <summary>Returns a column, or a field of one, as an expression; of a <c>ROW</c>, one that only its fields can be taken of.</summary>
    internal Scalar Use(ValueList<string> path, SqlType type) =>
        type.Kind == SqlKind.Row ? new RowScalar(this, path, type) : Use(new SourceField(path, type)).Scalar;

    /// <summary>Returns a column whole, with all fields if it is a <c>ROW</c>.</summary>
    internal Scalar UseWhole(ValueList<string> path, SqlType type) => Use(new SourceField(path, type)).Scalar;

    /// <summary>Returns what is known of the record beside its value.</summary>
    internal Scalar UseMetadata(SourceField field) => Use(field).Scalar;

    /// <summary>The record's timestamp.</summary>
    internal Scalar Timestamp => Use(SourceField.RecordTimestamp).Scalar;

    /// <summary>The record's offset.</summary>
    internal Scalar Offset => Use(SourceField.RecordOffset).Scalar;

    /// <summary>What the record is known by: its topic, partition and offset.</summary>
    internal IReadOnlyList<Scalar> Identity => [UseMetadata(SourceField.Metadata["topic"]), UseMetadata(SourceField.Metadata["partition"]), Offset];

    /// <summary>Whether the record has no value.</summary>
    internal Scalar IsTombstone => Use(SourceField.IsTombstone).Scalar;

    /// <summary>The columns of the table's primary key.</summary>
    internal IReadOnlyList<ColumnScalar> KeyColumns => [.. Table.PrimaryKey.Select(k => Use(new SourceField([Table.Columns[k].Name], Table.Columns[k].Type)).Scalar)];

    private PlanColumn Use(SourceField field)
    {
        var at = _fields.FindIndex(f => f.Field == field);
        if (at < 0)
        {
            at = _fields.Count;
            _fields.Add((_ids.New(field.Name, field.Type), field));
        }

        return _fields[at].Column;
    }
}
