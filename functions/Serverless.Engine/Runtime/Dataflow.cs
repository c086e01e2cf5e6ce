using System.Text;
using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>
/// The operators of a job in one process: records in, rows of the sink out. A batch runs through all of them before the next, so that rows that wait for the sink, the state
/// and the read offsets are of one moment, and a host can store them together. One thread at a time.
/// </summary>
public sealed class Dataflow
{
    /// <summary>The stage under which the read offsets are stored.</summary>
    public const int OffsetsStage = -1;

    private const byte Version = 1;

    private readonly Job _job;
    private readonly IReadOnlyList<DataflowNode> _nodes;
    private readonly SourceDecoder[] _decoders; // one for each table
    private readonly int[] _tables; // the table of each source
    private readonly string?[] _topics; // of the sources whose table has several
    private readonly AppliedOffsets[] _applied;
    private readonly ILookup[] _lookups;
    private readonly SinkRows _rows;
    private readonly int _root;
    private readonly int[] _places;
    private readonly StateWriter _writer = new();
    private readonly Dictionary<string, (long Weight, string Reason)> _failed = [];
    private long _batches;

    /// <summary>Builds the operators of a job.</summary>
    /// <param name="job">A job with a <see cref="Job.Dataflow"/>.</param>
    /// <param name="lookups">Makes what finds rows in the tables that it looks up; it may be left out if there are none.</param>
    public Dataflow(Job job, Func<DataflowLookup, ILookup>? lookups = null)
        : this(job, o => o, lookups)
    {
    }

    /// <summary>Builds the operators of a job.</summary>
    /// <param name="job">A job with a <see cref="Job.Dataflow"/>.</param>
    /// <param name="replace">Puts another operator in the place of one: a test's, with a mistake.</param>
    /// <param name="lookups">Makes what finds rows in the tables that it looks up.</param>
    internal Dataflow(Job job, Func<Operator, Operator> replace, Func<DataflowLookup, ILookup>? lookups = null)
    {
        _job = job;
        var query = job.Dataflow ?? throw new ArgumentException("the job has one stage only", nameof(job));
        var (outputs, columns) = Evaluated(job, query);
        (var nodes, var tables, var lookupTables, _root, _places) = DataflowBuilder.Build(query.Root, outputs);
        _nodes = [.. nodes.Select(n => n.Operator is null ? n : n with { Operator = replace(n.Operator) })];
        _rows = new SinkRows(job, _places, leaf => _places[job.Outputs.Count + columns.FindIndex(c => c.Id == ((ColumnScalar)leaf).Index)]);
        // A source that no operator reads gives nothing but its offsets.
        _tables = [.. query.Sources.Select(s => tables.ToList().FindIndex(t => t.Table.Name == s.Name))];
        _decoders = [.. tables.Select(t => new SourceDecoder(t, query.Formats[query.Sources.ToList().FindIndex(s => s.Name == t.Table.Name)], job.Settings.Zone))];
        _topics = TopicsOf(query);
        _applied = [.. query.Sources.Select(_ => new AppliedOffsets())];
        _lookups = [.. lookupTables.Select(t => lookups?.Invoke(t) ?? throw new ArgumentException($"the job looks rows up in '{t.Table.Name}'", nameof(lookups)))];
    }

    /// <summary>Returns the tables that a job looks rows up in, with the columns that it needs of each.</summary>
    public static IReadOnlyList<DataflowLookup> LookupsOf(Job job) => job.Dataflow is { } query ? DataflowBuilder.Build(query.Root, Evaluated(job, query).Outputs).Lookups : [];

    /// <summary>When the state began that rows are made of: see <see cref="RowVersion.Epoch"/>.</summary>
    public long Epoch { get; init; }

    /// <summary>Sees what each batch adds to the query's rows and takes from them, in the order of the sink's columns.</summary>
    internal Action<Delta>? Changed { get; init; }

    /// <summary>What dead letters call the sources; their tables' names if it is not given.</summary>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>The size of the stored state that is in memory, over all operators.</summary>
    public long BytesInMemory => _nodes.Sum(n => n.Operator is KeyedOperator keyed ? keyed.State.Bytes : 0);

    /// <summary>The rows that cannot be made as things stand, each with the reason.</summary>
    public IEnumerable<RowFailure> Failures => _failed.Where(f => f.Value.Weight > 0).Select(f => new RowFailure(f.Key, f.Value.Reason));

    /// <summary>Applies the records that have not been applied before.</summary>
    /// <param name="batch">The records.</param>
    /// <param name="store">Where state is that is not in memory; null if all is.</param>
    /// <param name="now">The clock, for <c>CURRENT_TIMESTAMP</c> in outputs.</param>
    /// <param name="cancellationToken">Gives up. Unless a lookup was waited for, the state is of no use then.</param>
    /// <remarks>If a lookup throws, nothing is applied, and the same batch can be applied again.</remarks>
    public async ValueTask<DataflowBatch> ApplyAsync(IReadOnlyList<SourceRecords> batch, IStateStore? store, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var failures = new RowFailures();
        var letters = new List<DeadLetter>();
        var applied = _lookups.Length == 0 ? null : WrittenOffsets();
        var (sources, records, duplicates, skipped) = Decode(batch, now, letters);
        var deltas = new Delta[_nodes.Count];
        // What is made of single records comes first, and changes no state: a table that rows are looked up in may be away.
        try
        {
            for (var i = 0; i < deltas.Length; i++)
                if (_nodes[i].IsPerRecord)
                    deltas[i] = await ApplyAsync(_nodes[i], i, sources, deltas, store, failures, cancellationToken);
        }
        catch when (applied is not null)
        {
            ReadOffsets(applied);
            throw;
        }

        _batches++;
        for (var i = 0; i < deltas.Length; i++)
            if (!_nodes[i].IsPerRecord)
                deltas[i] = await ApplyAsync(_nodes[i], i, sources, deltas, store, failures, cancellationToken);
        foreach (var (number, reason) in failures.Records)
            letters.Add(LetterOf(records[number], DeadLetterKind.Expression, reason));
        foreach (var (row, weight, reason) in failures.Rows)
            Count(row, weight, reason);
        var last = Consolidation.Of(deltas[_root]);
        Changed?.Invoke(last.With([.. _places.Take(_job.Outputs.Count)]));
        var changes = _rows.Of(
            last,
            new RowVersion(Epoch, 0, _batches),
            now,
            failure => letters.Add(new DeadLetter(_job.Name, null, null, null, DeadLetterKind.Row, failure.Reason, Encoding.UTF8.GetBytes(failure.Row), failure.Row)));
        return new DataflowBatch(changes, letters, batch.Sum(b => b.Records.Count), duplicates, skipped)
        {
            Late = _nodes.Sum(n => (n.Operator as WatermarkOperator)?.TakeLate() ?? 0),
        };
    }

    /// <summary>Hands over what has changed since the last time, to be stored together with the rows that wait for the sink; empty bytes for a key that is to be deleted.</summary>
    public void TakeChanged(Action<int, byte[], ReadOnlyMemory<byte>> store)
    {
        for (var i = 0; i < _nodes.Count; i++)
            if (_nodes[i].Operator is KeyedOperator keyed)
                keyed.State.TakeChanged(_writer, (key, state) => store(i, key, state.ToArray()));
        _writer.Clear();
        _writer.Byte(Version);
        _writer.Long(_batches);
        _writer.Long(_applied.Length);
        foreach (var applied in _applied)
            applied.Write(_writer);

        _writer.Long(_failed.Count);
        foreach (var (row, (weight, reason)) in _failed)
        {
            _writer.Text(row);
            _writer.Long(weight);
            _writer.Text(reason);
        }

        _writer.Checksum();
        store(OffsetsStage, [], _writer.Written.ToArray());
    }

    /// <summary>Forgets what is stored as it is.</summary>
    public void Evict()
    {
        foreach (var node in _nodes)
            (node.Operator as KeyedOperator)?.State.Evict();
    }

    /// <summary>Reads what was stored as <see cref="OffsetsStage"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or of a later version.</exception>
    public void Load(ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state, $"job '{_job.Name}'");
        reader.Version(Version, Version);
        reader.Checksum();
        _batches = reader.Long();
        if (reader.Count() != _applied.Length)
            throw reader.Damaged();
        foreach (var applied in _applied)
            applied.Read(ref reader);
        for (var count = reader.Count(); count > 0; count--)
            _failed.Add(reader.Text(), (reader.Long(), reader.Text()));
        reader.End();
    }

    /// <summary>Returns the topics of the sources whose table has several; null for the others.</summary>
    internal static string?[] TopicsOf(Query query) =>
        [.. query.Sources.Select(s => query.Sources.Count(o => o.Name == s.Name) > 1 && s.Options.TryGet(out var topic, "topic") ? topic.Value : null)];

    // What reads the clock is evaluated when the row is made, over the columns it needs.
    internal static (IReadOnlyList<Scalar> Outputs, List<PlanColumn> Late) Evaluated(Job job, Query query)
    {
        var late = job.Outputs.Where(o => o.Any(x => x is ClockScalar)).SelectMany(RequiredColumns.ColumnsOf).Distinct().ToList();
        var columns = query.Root.Columns.Where(c => late.Contains(c.Id)).ToList();
        return ([.. job.Outputs.Select(o => o.Any(x => x is ClockScalar) ? new ConstantScalar(null, o.Type) : o), .. columns.Select(c => c.Scalar)], columns);
    }

    internal static async ValueTask<IReadOnlyDictionary<LookupKey, LookupRows>> FindAsync(ILookup lookup, LookupJoinOperator join, Delta delta, CancellationToken cancellationToken)
    {
        var keys = join.KeysOf(delta);
        var found = keys.Count == 0 ? [] : await lookup.FindAsync(keys, cancellationToken);
        return keys.Zip(found).ToDictionary(f => f.First, f => f.Second);
    }

    private (Delta[] Sources, List<(int Source, Record Record)> Records, int Duplicates, int Skipped) Decode(
        IReadOnlyList<SourceRecords> batch, DateTimeOffset now, List<DeadLetter> letters)
    {
        var sources = Array.ConvertAll(_decoders, d => new Delta(d.Types) { Records = [] });
        var records = new List<(int, Record)>();
        var (duplicates, skipped) = (0, 0);
        foreach (var (source, some) in batch)
            foreach (var read in some)
            {
                var record = _topics[source] is { } topic ? read with { Place = new RecordPlace(topic, read.Partition) } : read;
                if (_applied[source].Covers(record.Partition, record.Offset))
                {
                    duplicates++;
                    continue;
                }

                _applied[source].Add(record.Partition, record.From, record.Offset, record.From, now.ToUnixTimeMilliseconds(), long.MaxValue);
                var table = _tables[source];
                if (table < 0 || _decoders[table].Skips(record))
                {
                    skipped++;
                    continue;
                }

                records.Add((source, record));
                try
                {
                    if (_decoders[table].Decode(record, source, records.Count - 1, sources[table]) == 0)
                        skipped++;
                }
                catch (DecodeException e)
                {
                    sources[table].DropUnfinishedRow();
                    if (_decoders[table].IgnoresParseErrors)
                        skipped++;
                    else
                        letters.Add(LetterOf((source, record), e.Kind, e.Message));
                }
            }

        return (sources, records, duplicates, skipped);
    }

    private DeadLetter LetterOf((int Source, Record Record) record, DeadLetterKind kind, string reason) =>
        new(
            _job.Name, record.Record.Place?.Topic ?? Topics?[record.Source] ?? _job.Sources[record.Source].Name, record.Record.Place?.Partition ?? record.Record.Partition,
            record.Record.Offset, kind, reason, record.Record.Value ?? record.Record.Key ?? []);

    private byte[] WrittenOffsets()
    {
        var writer = new StateWriter();
        foreach (var applied in _applied)
            applied.Write(writer);
        return writer.Written.ToArray();
    }

    private void ReadOffsets(byte[] written)
    {
        var reader = new StateReader(written, $"job '{_job.Name}'");
        for (var i = 0; i < _applied.Length; i++)
        {
            _applied[i] = new AppliedOffsets();
            _applied[i].Read(ref reader);
        }
    }

    private async ValueTask<Delta> ApplyAsync(
        DataflowNode node, int stage, Delta[] sources, Delta[] deltas, IStateStore? store, RowFailures failures, CancellationToken cancellationToken)
    {
        if (node.Operator is null)
            return sources[node.Source].With(node.Fields);
        var output = new Delta(node.Types) { Records = node.IsPerRecord ? [] : null };
        for (var input = 0; input < node.Inputs.Length; input++)
        {
            var delta = deltas[node.Inputs[input]];
            if (delta.Count == 0)
                continue;
            if (node.Operator is StatelessOperator stateless)
            {
                if (stateless is LookupJoinOperator join)
                    join.Found = await FindAsync(_lookups[join.Lookup], join, delta, cancellationToken);
                stateless.Apply(input, delta, output, failures);
                continue;
            }

            var keyed = (KeyedOperator)node.Operator;
            var rows = keyed.Group(input, delta);
            if (store is not null)
            {
                await LoadAsync(keyed.State, rows.Keys);
                await LoadAsync(keyed.State, keyed.Further(input, rows));
            }

            keyed.Apply(input, rows, output, failures);
        }

        return node.Operator is KeyedOperator ? Consolidation.Of(output) : output;

        async ValueTask LoadAsync(KeyedState state, IReadOnlyList<byte[]> keys)
        {
            if (state.Missing(keys) is { Count: > 0 } missing)
                await store.LoadAsync(stage, missing, state.Load, cancellationToken);
        }
    }

    private void Count(string row, long weight, string reason)
    {
        var after = _failed.GetValueOrDefault(row).Weight + weight;
        if (after == 0)
            _failed.Remove(row);
        else
            _failed[row] = (after, reason);
    }
}
