using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>
/// The last delta of a query to rows of its sink: what was added and removed of a key comes to an upsert or a delete. Without a key each row that is added or removed is a
/// change of its own, as in Flink.
/// </summary>
internal sealed class SinkRows
{
    private readonly TableDefinition _sink;
    private readonly IReadOnlyList<Scalar> _outputs;
    private readonly int[] _places;
    private readonly Evaluator?[] _late;
    private readonly bool _isKeyed;
    private readonly int[]? _unique; // of a sink without a key: the outputs that tell which row changes, if any do
    private readonly IReadOnlyList<int> _identity; // the outputs by which rows meet
    private readonly GroupKeyCodec _key = new();

    /// <summary>Makes one.</summary>
    /// <param name="job">The job.</param>
    /// <param name="places">Where the delta has each output that does not read the clock, and the columns of those that do.</param>
    /// <param name="placeOf">The place of a column that an output reads together with the clock.</param>
    public SinkRows(Job job, int[] places, Func<LeafScalar, int> placeOf)
    {
        (_sink, _outputs, _places) = (job.Sink, job.Outputs, places);
        _late = [.. job.Outputs.Select(o => o.Any(x => x is ClockScalar) ? ScalarCompiler.Compile(o, placeOf) : null)];
        _isKeyed = job.Sink.PrimaryKey.Count > 0;
        _unique = _isKeyed ? null : UniqueOf(job);
        _identity = _isKeyed ? _sink.PrimaryKey : _unique ?? [.. Enumerable.Range(0, _outputs.Count).Where(i => _late[i] is null)];
    }

    /// <summary>The rows that change.</summary>
    /// <param name="delta">The query's last delta, in which no row stands twice.</param>
    /// <param name="version">The version of the rows.</param>
    /// <param name="now">The clock.</param>
    /// <param name="deadLetters">Takes the rows that cannot be written.</param>
    public IReadOnlyList<RowChange> Of(Delta delta, RowVersion version, DateTimeOffset now, Action<RowFailure> deadLetters)
    {
        if (!_isKeyed)
            return Each(delta, version, now, deadLetters);
        var changes = new List<RowChange>();
        var byKey = new Dictionary<string, int>();
        var clock = ClockOf(now);
        for (var row = 0; row < delta.Count; row++)
        {
            var weight = delta.Weights[row];
            if (KeyOf(delta, row, weight > 0 ? deadLetters : _ => { }) is not { } key)
                continue;
            var isKnown = byKey.TryGetValue(key, out var at);
            if (weight < 0)
            {
                // An upsert of the same key takes its place; which of the two comes first says nothing.
                if (!isKnown)
                {
                    byKey.Add(key, changes.Count);
                    changes.Add(new RowChange(key, version, true, KeyValues(delta, row)));
                }

                continue;
            }

            if (Row(delta, row, clock, deadLetters) is not { } made)
                continue;
            var change = new RowChange(key, version, false, made);
            if (isKnown)
            {
                changes[at] = change;
            }
            else
            {
                byKey.Add(key, changes.Count);
                changes.Add(change);
            }
        }

        return changes;
    }

    /// <summary>Each row as often as it was added or removed. A row that is removed and one that is added are a change if the query has one of that kind only.</summary>
    private List<RowChange> Each(Delta delta, RowVersion version, DateTimeOffset now, Action<RowFailure> deadLetters)
    {
        var changes = new List<RowChange>();
        var clock = ClockOf(now);
        var added = new Dictionary<string, int>();
        if (_unique is not null && delta.HasRemovals)
            for (var row = 0; row < delta.Count; row++)
                if (delta.Weights[row] == 1)
                    added.TryAdd(UniqueText(delta, row), row);
        var changed = new HashSet<int>();
        for (var row = 0; row < delta.Count; row++)
        {
            if (delta.Weights[row] == -1 && added.Count > 0 && added.Remove(UniqueText(delta, row), out var after))
            {
                Add(new RowChange("", version, true, KeyValues(delta, row)) { IsBefore = true });
                if (Row(delta, after, clock, deadLetters) is { } values)
                    Add(new RowChange("", version, false, values));
                changed.Add(after);
                continue;
            }

            for (var i = delta.Weights[row]; i < 0; i++)
                Add(new RowChange("", version, true, KeyValues(delta, row)));
        }

        // What was removed comes first.
        for (var row = 0; row < delta.Count; row++)
            for (var i = changed.Contains(row) ? 0 : delta.Weights[row]; i > 0; i--)
                if (Row(delta, row, clock, deadLetters) is { } values)
                    Add(new RowChange("", version, false, values) { IsAdded = true });
        return changes;

        void Add(RowChange change) => changes.Add(change with { Key = $"{version.Epoch}-{version.Events}-{changes.Count}" });
    }

    /// <summary>The outputs that hold a key of the query's rows; null if none do.</summary>
    private static int[]? UniqueOf(Job job)
    {
        foreach (var unique in job.Dataflow!.Root.UniqueKeys)
        {
            int[] places = [.. unique.Select(id => job.Outputs.ToList().FindIndex(o => OneToOne.Under(o) is ColumnScalar column && column.Index == id))];
            if (!places.Contains(-1))
                return places;
        }

        return null;
    }

    private string UniqueText(Delta delta, int row)
    {
        _key.Clear();
        for (var i = 0; i < _unique!.Length; i++)
            _key.Append(delta.Columns[_places[_unique[i]]], row, i == 0);
        return _key.Text.ToString();
    }

    private static DateTimeOffset ClockOf(DateTimeOffset now) => new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    /// <summary>What tells a row from others of the sink; null if a part of the sink's key would be NULL.</summary>
    public string? KeyOf(Delta delta, int row, Action<RowFailure> deadLetters)
    {
        _key.Clear();
        for (var i = 0; i < _identity.Count; i++)
        {
            var column = delta.Columns[_places[_identity[i]]];
            if (_isKeyed && column.IsNull(row))
            {
                deadLetters(new RowFailure(TextOf(delta, row), $"the sink's key column '{_sink.Columns[_identity[i]].Name}' would be NULL"));
                return null;
            }

            _key.Append(column, row, i == 0);
        }

        return _key.Text.ToString();
    }

    private object?[] KeyValues(Delta delta, int row)
    {
        var values = new object?[_outputs.Count];
        for (var i = 0; i < values.Length; i++)
            if (_late[i] is null && (!_isKeyed || _sink.PrimaryKey.Contains(i)))
                values[i] = RowBuilder.ToSink(delta.Columns[_places[i]].Box(row), _outputs[i].Type);
        return values;
    }

    private object?[]? Row(Delta delta, int row, DateTimeOffset clock, Action<RowFailure> deadLetters)
    {
        var values = new object?[_outputs.Count];
        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                var value = _late[i] is { } late ? late.Box(new EvaluationInput(delta.Columns, row, clock)) : delta.Columns[_places[i]].Box(row);
                values[i] = RowBuilder.ToSink(value, _outputs[i].Type);
            }

            return values;
        }
        catch (EvaluationException e)
        {
            deadLetters(new RowFailure(TextOf(delta, row), e.Reason));
            return null;
        }
    }

    private string TextOf(Delta delta, int row) =>
        string.Join(" | ", _outputs.Select((_, i) => _late[i] is null ? RowFailures.Text(delta.Columns[_places[i]].Box(row)) : "now"));
}

/// <summary>A row that could not be written, and why.</summary>
/// <param name="Row">The row, as text.</param>
/// <param name="Reason">The reason.</param>
public sealed record RowFailure(string Row, string Reason);
