using System.Globalization;
using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests;

/// <summary>Runs one job over records in memory and keeps its table, as a host would.</summary>
internal sealed class JobHarness : IStateStore
{
    /// <summary>What CURRENT_TIMESTAMP is in tests.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly CompiledJob _compiled = null!;
    private readonly Job _job;
    private readonly Dictionary<(int Stage, string Key), byte[]> _stored = [];
    private readonly RowBuilder _rows = null!;
    private Dataflow? _dataflow;
    private readonly Dictionary<string, Group> _groups = [];
    private readonly Dictionary<(string Group, int Number), Shard> _shards = [];
    private readonly Dictionary<string, RowChange> _table = [];
    private readonly Dictionary<string, Stack<string>> _equal = []; // of a sink without a key, by what its rows hold
    private readonly Dictionary<string, FailedRow> _failures = [];
    private Ingestor _ingestor = null!;

    private readonly Func<Job, Dataflow> _create;

    public JobHarness(Job job, bool isSplit = false, Func<Job, Dataflow>? dataflow = null, Func<DataflowLookup, ILookup>? lookups = null)
    {
        _job = job;
        _create = dataflow ?? (j => new Dataflow(j, lookups));
        if (job.Dataflow is not null)
        {
            _dataflow = _create(job);
            return;
        }

        _compiled = new CompiledJob(job, isSplit);
        _rows = new RowBuilder(_compiled);
        _ingestor = new Ingestor(_compiled, "topic");
    }

    public static Job Compile(string sql)
    {
        var script = ScriptCompiler.Compile(new SourceText("test.sql", sql), new TestConnectors());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        return Assert.Single(script.Jobs);
    }

    public SortedDictionary<string, string> DeadLetters { get; } = new(StringComparer.Ordinal);

    public int Skipped { get; private set; }

    public int Duplicates { get; private set; }

    public int Late { get; private set; }

    /// <summary>The rows as text, in the order of their text.</summary>
    public IReadOnlyList<string> Rows =>
        [.. _table.Values.Where(r => !r.IsDelete).Select(TextOf).Order(StringComparer.Ordinal)];

    public IEnumerable<RowChange> Table => _table.Values.Where(r => !r.IsDelete);

    public bool IsDataflow => _dataflow is not null;

    /// <summary>The tables that the job reads, in the order that their records are numbered by.</summary>
    public IReadOnlyList<string> Sources => [.. _job.Sources.Select(s => s.Name)];

    public static string TextOf(RowChange row) => string.Join(" | ", row.Values.Select(Text));

    public IReadOnlyList<string> Failures => _dataflow is not null
        ? [.. _dataflow.Failures.Select(f => $"{f.Row}: {f.Reason}").Order(StringComparer.Ordinal)]
        : [.. _failures.Values.Select(f => $"{f.Key}: {f.Reason}").Order(StringComparer.Ordinal)];

    /// <summary>Makes every group forget everything but its stored bytes, and the reader what it sent.</summary>
    public void Restart()
    {
        if (_dataflow is not null)
        {
            _dataflow.TakeChanged((stage, key, state) => _stored[(stage, Convert.ToHexString(key))] = state.ToArray());
            _dataflow = _create(_job);
            _dataflow.Load(_stored[(Dataflow.OffsetsStage, "")]);
            return;
        }

        var writer = new StateWriter();
        foreach (var key in _groups.Keys.ToList())
        {
            writer.Clear();
            _groups[key].Write(writer);
            _groups[key] = Group.Read(_compiled, key, writer.Written);
        }

        foreach (var (key, shard) in _shards.ToList())
        {
            writer.Clear();
            shard.Write(writer);
            _shards[key] = Shard.Read(_compiled, key.Group, key.Number, writer.Written);
        }

        _ingestor = new Ingestor(_compiled, "topic");
    }

    /// <summary>Processes records of the job's sources.</summary>
    public void Process(IReadOnlyList<SourceRecords> records)
    {
        if (_dataflow is not null)
            ProcessAll(records);
        else
            Process(records[0].Records);
    }

    /// <summary>Processes records of the first source.</summary>
    public void Process(IReadOnlyList<Record> records)
    {
        if (_dataflow is not null)
        {
            ProcessAll([new SourceRecords(0, records)]);
            return;
        }

        var batch = _ingestor.Process(records);
        Skipped += batch.Skipped;
        foreach (var letter in batch.DeadLetters)
            DeadLetters[$"{letter.Partition}@{letter.Offset}"] = letter.Reason;
        foreach (var message in batch.Groups)
        {
            if (!_groups.TryGetValue(message.Key, out var group))
                _groups.Add(message.Key, group = new Group(_compiled, message.Key));
            var answer = message.Shard < 0 ? group.Apply(message.Slices.Span, _rows, Now) : ApplySplit(group, message);
            Duplicates += answer.Duplicates;
            foreach (var change in answer.Rows)
            {
                if (!_table.TryGetValue(change.Key, out var known) || change.Version >= known.Version)
                    _table[change.Key] = change;
                if (_failures.TryGetValue(change.Key, out var failure) && change.Version >= failure.Version)
                    _failures.Remove(change.Key);
            }

            foreach (var failure in answer.Failures)
                if (!_failures.TryGetValue(failure.Key, out var known) || failure.Version >= known.Version)
                    _failures[failure.Key] = failure;
        }

        _ingestor.Stored();
    }

    private void ProcessAll(IReadOnlyList<SourceRecords> records)
    {
        var batch = _dataflow!.ApplyAsync(records, this, Now, CancellationToken.None).Preserve();
        Assert.True(batch.IsCompleted);
        Skipped += batch.Result.Skipped;
        Duplicates += batch.Result.Duplicates;
        Late += batch.Result.Late;
        foreach (var letter in batch.Result.DeadLetters)
            DeadLetters[letter.Row ?? $"{letter.Partition}@{letter.Offset}"] = letter.Reason;
        foreach (var change in batch.Result.Changes)
        {
            // Without a key each change is one of its own: a removal is of one of the rows that are equal.
            if (_job.Sink.PrimaryKey.Count > 0)
            {
                _table[change.Key] = change;
                continue;
            }

            if (!_equal.TryGetValue(IdentityOf(change), out var keys))
                _equal.Add(IdentityOf(change), keys = []);
            if (change.IsDelete)
            {
                Assert.True(keys.TryPop(out var key) && _table.Remove(key));
            }
            else
            {
                keys.Push(change.Key);
                _table.Add(change.Key, change);
            }
        }
    }

    // Of equal decimals one may have more zeros.
    private string IdentityOf(RowChange row) => string.Join('|', row.Values.Select((value, i) =>
        _job.Outputs[i].Any(x => x is ClockScalar) ? "now" : Text(value) is var text && value is Number && text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text));

    /// <inheritdoc />
    public ValueTask LoadAsync(int stage, IReadOnlyList<byte[]> keys, LoadState load, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
            if (_stored.TryGetValue((stage, Convert.ToHexString(key)), out var state) && state.Length > 0)
                load(key, state);
        return default;
    }

    private GroupAnswer ApplySplit(Group group, GroupSlices message)
    {
        var key = (message.Key, message.Shard);
        if (!_shards.TryGetValue(key, out var shard))
            _shards.Add(key, shard = new Shard(_compiled, message.Key, message.Shard));
        var summary = shard.Apply(message.Slices.Span, Now, out var duplicates);
        if (summary is not null)
            group.Merge(summary, Now);
        return group.Answer(_rows, Now) with { Duplicates = duplicates };
    }

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        bool b => b ? "TRUE" : "FALSE",
        DateOnly d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly t => t.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTime t => t.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTimeOffset t => t.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToHexString(bytes),
        NestedValue nested => nested.IsMap
            ? $"{{{string.Join(", ", nested.Entries.Select(e => $"{Text(e.Key)}={Text(e.Value)}"))}}}"
            : $"[{string.Join(", ", nested.Items.Select(Text))}]",
        Number number => number.ToString(),
        IFormattable f => f.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
