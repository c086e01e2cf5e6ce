using Serverless.Engine.Aggregates;
using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>What a group answers to a batch: its rows as they now are, for every value that the input touches, changed or not.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Failures">The rows that cannot be made as things stand.</param>
/// <param name="Duplicates">The events that had been applied before.</param>
public readonly record struct GroupAnswer(IReadOnlyList<RowChange> Rows, IReadOnlyList<FailedRow> Failures, int Duplicates);

/// <summary>One group of one job: which offsets it has seen, and its aggregates. Pure: slices in, rows out.</summary>
public sealed class Group
{
    private const byte Version = 1;

    private readonly CompiledJob _compiled;
    private readonly Column[] _keys;
    private readonly AppliedOffsets _applied = new();
    private readonly Cells _cells;
    private readonly DistinctValues?[] _distinct;
    private int[] _fresh = [];

    /// <summary>Makes a group without events.</summary>
    /// <param name="compiled">The job.</param>
    /// <param name="key">The group's key, as <see cref="GroupSlices.Key"/> says.</param>
    public Group(CompiledJob compiled, string key)
    {
        _compiled = compiled;
        Key = key;
        _keys = KeyText.Parse(key, compiled.KeyTypes);
        _cells = Cells.Create(compiled.Job.Timeline?.Bucket.Type, compiled.NewCell);
        _distinct = [.. compiled.Job.Aggregates.Select(a => a.IsDistinct ? DistinctValues.Create(a.Argument!.Type) : null)];
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>Which offsets it has seen.</summary>
    public AppliedOffsets Applied => _applied;

    /// <summary>Applies the events that have not been applied before, and answers with the rows that the input touches.</summary>
    /// <param name="slices">The batch's slices of this group.</param>
    /// <param name="rows">Makes the rows.</param>
    /// <param name="now">The clock, for <c>CURRENT_TIMESTAMP</c>.</param>
    public GroupAnswer Apply(ReadOnlySpan<Slice> slices, RowBuilder rows, DateTimeOffset now)
    {
        Cell? earliest = null;
        var duplicates = 0;
        foreach (ref readonly var slice in slices)
        {
            var rest = slice.Rows.Span;
            var offsets = slice.Events.Offsets.Values;
            var isFree = rest.Length == 0 || _applied.IsFree(slice.Partition, offsets[rest[0]], offsets[rest[^1]]);
            while (rest.Length > 0)
            {
                var run = rest[.._cells.RunLength(slice, rest)];
                rest = rest[run.Length..];
                var cell = _cells.At(slice, run[0]);
                if (earliest is null || cell.Rank < earliest.Rank)
                    earliest = cell;
                var fresh = isFree ? run : Fresh(slice, run);
                duplicates += run.Length - fresh.Length;
                Add(cell, slice, fresh);
            }

            _applied.Add(slice.Partition, slice.First, slice.Last);
        }

        return earliest is null ? new GroupAnswer([], [], 0) : Answer(earliest, duplicates, rows, now);
    }

    /// <summary>Writes the state.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Version);
        _applied.Write(writer);
        _cells.Write(writer);
        foreach (var distinct in _distinct)
            distinct?.Write(writer);
    }

    /// <summary>Reads a group back.</summary>
    /// <exception cref="InvalidDataException">The bytes were written by another version.</exception>
    public static Group Read(CompiledJob compiled, string key, ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state);
        if (reader.Byte() is var version && version != Version)
            throw new InvalidDataException($"the state of group '{key}' is of version {version}, this program reads version {Version}");
        var group = new Group(compiled, key);
        group._applied.Read(ref reader);
        group._cells.Read(ref reader);
        foreach (var distinct in group._distinct)
            distinct?.Read(ref reader, group._cells.All);
        return group;
    }

    private ReadOnlySpan<int> Fresh(in Slice slice, ReadOnlySpan<int> rows)
    {
        if (_fresh.Length < rows.Length)
            _fresh = new int[rows.Length];
        var count = 0;
        foreach (var row in rows)
            if (!_applied.Covers(slice.Partition, slice.Events.Offsets.Values[row]))
                _fresh[count++] = row;
        return _fresh.AsSpan(0, count);
    }

    private void Add(Cell cell, in Slice slice, ReadOnlySpan<int> rows)
    {
        if (rows.Length == 0)
            return;
        cell.Events += rows.Length;
        for (var i = 0; i < cell.Accumulators.Length; i++)
        {
            var argument = _compiled.ArgumentOf[i];
            var column = argument < 0 ? null : slice.Events.Arguments[argument];
            if (_distinct[i] is { } distinct)
                distinct.Add(cell, i, column!, rows);
            else
                cell.Accumulators[i].Add(column, slice, rows);
        }
    }

    private GroupAnswer Answer(Cell earliest, int duplicates, RowBuilder builder, DateTimeOffset now)
    {
        if (_compiled.Job.Timeline is null)
        {
            var (change, failure) = builder.Build(_keys, _cells, earliest, earliest, now);
            return new GroupAnswer(change is null ? [] : [change], failure is null ? [] : [failure], duplicates);
        }

        // Of buckets that share a row the greatest wins: it comes last.
        var rows = new Dictionary<string, RowChange>();
        var failures = new Dictionary<string, FailedRow>();
        var running = _compiled.NewCell();
        foreach (var cell in _cells.All)
        {
            running.Merge(cell);
            if (cell.Rank < earliest.Rank)
                continue;
            var (change, failure) = builder.Build(_keys, _cells, cell, running, now);
            if (change is not null)
            {
                rows[change.Key] = change;
                failures.Remove(change.Key);
            }
            else if (failure is not null)
            {
                failures[failure.Key] = failure;
                rows.Remove(failure.Key);
            }
        }

        return new GroupAnswer([.. rows.Values], [.. failures.Values], duplicates);
    }
}
