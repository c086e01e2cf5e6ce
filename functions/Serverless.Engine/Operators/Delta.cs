using System.Runtime.InteropServices;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// A change of a relation: rows, column by column, each with a weight, +1 for a row that is added and −1 for one that is removed. Deltas add up: a relation's content
/// is the sum of all its deltas, in whatever order they come (Budiu et al., DBSP, VLDB 2023).
/// </summary>
internal sealed class Delta
{
    private readonly List<long> _weights;

    /// <summary>Makes an empty one.</summary>
    /// <param name="types">The types of its columns.</param>
    public Delta(IReadOnlyList<SqlType> types)
        : this([.. types.Select(Column.Create)], [])
    {
    }

    private Delta(Column[] columns, List<long> weights) => (Columns, _weights) = (columns, weights);

    /// <summary>The rows' values.</summary>
    public Column[] Columns { get; }

    /// <summary>The rows' weights.</summary>
    public ReadOnlySpan<long> Weights => CollectionsMarshal.AsSpan(_weights);

    /// <summary>The record of the batch that each row is made of, as long as it is made of a single one; null behind keyed operators.</summary>
    public List<int>? Records { get; init; }

    /// <summary>The number of rows.</summary>
    public int Count => _weights.Count;

    /// <summary>Whether some row is removed.</summary>
    public bool HasRemovals { get; private set; }

    /// <summary>Returns the same rows with some of the columns only. Nothing may be added to either any more.</summary>
    public Delta With(int[] columns) => new([.. columns.Select(c => Columns[c])], _weights) { Records = Records, HasRemovals = HasRemovals };

    /// <summary>Returns an empty delta with columns of the same types.</summary>
    public Delta Empty() => new([.. Columns.Select(c => c.Empty())], []);

    /// <summary>Ends a row whose values have been appended to the columns.</summary>
    public void Add(long weight)
    {
        _weights.Add(weight);
        HasRemovals |= weight < 0;
    }

    /// <summary>Appends a row of another delta.</summary>
    public void Add(Delta from, int row, long weight)
    {
        for (var i = 0; i < Columns.Length; i++)
            Columns[i].Append(from.Columns[i], row);
        Add(weight);
    }

    /// <summary>Drops values that were appended to the columns for a row that does not come about.</summary>
    public void DropUnfinishedRow()
    {
        foreach (var column in Columns)
            column.Truncate(Count);
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        foreach (var column in Columns)
            column.Truncate(0);
        _weights.Clear();
        Records?.Clear();
        HasRemovals = false;
    }
}
