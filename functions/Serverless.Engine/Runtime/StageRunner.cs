using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>
/// The operators of a job, run stage by stage: rows in, rows to other stages out. It keeps nothing from one call to the next, so that a host can have a stage's state in
/// many places. One thread at a time; of no use any more if it throws.
/// </summary>
public sealed class StageRunner
{
    /// <summary>The input of the sink that takes rows.</summary>
    public const int SinkRowsInput = 0;

    /// <summary>The input of the sink that takes rows that cannot be made, as text with the reason.</summary>
    public const int SinkFailuresInput = 1;

    private readonly Job _job;
    private readonly IReadOnlyList<DataflowNode> _nodes;
    private readonly int[] _tables; // the table of each source
    private readonly SourceDecoder[] _decoders; // one for each table
    private readonly string?[] _topics; // of the sources whose table has several
    private readonly int[] _stageNodes;
    private readonly int[] _stageOf; // of each node; −1 if it is not the operator of a stage
    private readonly RowCodec[] _rows; // of each node
    private readonly int _root;
    private readonly StateWriter _writer = new();

    /// <summary>Builds the operators of a job.</summary>
    /// <param name="job">A job with a <see cref="Job.Dataflow"/> without lookup joins: what a table outside answers need not be the same when a record is read again.</param>
    public StageRunner(Job job)
        : this(job, o => o)
    {
    }

    /// <summary>Builds the operators of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="replace">Puts another operator in the place of one: a test's, with a mistake.</param>
    internal StageRunner(Job job, Func<Operator, Operator> replace)
    {
        _job = job;
        var query = job.Dataflow ?? throw new ArgumentException("the job has one stage only", nameof(job));
        var (outputs, columns) = Dataflow.Evaluated(job, query);
        (var nodes, var tables, var lookups, _root, var places) = DataflowBuilder.Build(query.Root, outputs);
        if (lookups.Count > 0)
            throw new ArgumentException($"the job looks rows up in '{lookups[0].Table.Name}'", nameof(job));
        _nodes = [.. nodes.Select(n => n.Operator is null ? n : n with { Operator = replace(n.Operator) })];
        Sink = new SinkRows(job, places, leaf => places[job.Outputs.Count + columns.FindIndex(c => c.Id == ((ColumnScalar)leaf).Index)]);
        _tables = [.. query.Sources.Select(s => tables.ToList().FindIndex(t => t.Table.Name == s.Name))];
        _decoders = [.. tables.Select(t => new SourceDecoder(t, query.Formats[query.Sources.ToList().FindIndex(s => s.Name == t.Table.Name)], job.Settings.Zone))];
        _topics = Dataflow.TopicsOf(query);
        _stageNodes = [.. Enumerable.Range(0, _nodes.Count).Where(n => _nodes[n].Operator is KeyedOperator)];
        _stageOf = [.. Enumerable.Range(0, _nodes.Count).Select(n => Array.IndexOf(_stageNodes, n))];
        _rows = [.. _nodes.Select(n => new RowCodec([.. Enumerable.Range(0, n.Types.Count)]))];
        Plan = Cut();
    }

    /// <summary>Returns whether rows of a job wait for the watermark: they depend on when records come, which stages do not all know.</summary>
    public static bool WaitsForWatermark(Job job) => job.Dataflow is { } query && RequiredColumns.InputsFirst(query.Root).Any(r => r is WatermarkRelation);

    /// <summary>Where the query is cut.</summary>
    public StagePlan Plan { get; }

    /// <summary>The job.</summary>
    internal Job Job => _job;

    /// <summary>The types of the columns that the sink's rows are made of.</summary>
    internal IReadOnlyList<SqlType> SinkTypes => _nodes[_root].Types;

    /// <summary>Reads a row that goes to the sink.</summary>
    internal RowCodec SinkCodec => _rows[_root];

    /// <summary>Makes the sink's rows.</summary>
    internal SinkRows Sink { get; }

    /// <summary>Makes rows of records.</summary>
    /// <param name="source">The place of the source among <see cref="Job.Sources"/>.</param>
    /// <param name="records">The records.</param>
    /// <param name="topic">What dead letters call the source.</param>
    /// <param name="letters">Gets the records that cannot be used.</param>
    public IReadOnlyList<RoutedRow> Ingest(int source, IReadOnlyList<Record> records, string topic, ICollection<DeadLetter> letters)
    {
        var table = _tables[source];
        if (table < 0)
            return [];
        var rows = new Delta(_decoders[table].Types) { Records = [] };
        for (var i = 0; i < records.Count; i++)
        {
            var record = _topics[source] is { } own ? records[i] with { Place = new RecordPlace(own, records[i].Partition) } : records[i];
            if (_decoders[table].Skips(record))
                continue;
            try
            {
                _decoders[table].Decode(record, source, i, rows);
            }
            catch (DecodeException e)
            {
                rows.DropUnfinishedRow();
                if (!_decoders[table].IgnoresParseErrors)
                    letters.Add(Letter(record, e.Kind, e.Message));
            }
        }

        var deltas = new Delta?[_nodes.Count];
        for (var i = 0; i < deltas.Length; i++)
            if (_nodes[i].Operator is null && _nodes[i].Source == table)
                deltas[i] = rows.With(_nodes[i].Fields);
        var failures = new RowFailures();
        var routed = Route(deltas, failures);
        foreach (var (number, reason) in failures.Records)
            letters.Add(Letter(records[number], DeadLetterKind.Expression, reason));
        return routed;

        DeadLetter Letter(in Record record, DeadLetterKind kind, string reason) => new(_job.Name, topic, record.Partition, record.Offset, kind, reason, record.Value ?? record.Key ?? []);
    }

    /// <summary>Adds a delta to a stage's content.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">The rows that are added and removed.</param>
    /// <param name="load">Returns the stored state of a key; null if there is none.</param>
    /// <param name="store">Stores the state of a key; empty if there is none any more.</param>
    public IReadOnlyList<RoutedRow> Apply(int stage, IReadOnlyList<StageRow> rows, Func<byte[], byte[]?> load, Action<byte[], byte[]> store)
    {
        var node = _nodes[_stageNodes[stage]];
        var keyed = (KeyedOperator)node.Operator!;
        var output = new Delta(node.Types);
        var failures = new RowFailures();
        for (var input = 0; input < node.Inputs.Length; input++)
        {
            var delta = new Delta(_nodes[node.Inputs[input]].Types);
            foreach (var row in rows)
            {
                if (row.Input != input)
                    continue;
                _rows[node.Inputs[input]].Read(row.Row, delta.Columns);
                delta.Add(row.Weight);
            }

            if (delta.Count == 0)
                continue;
            var grouped = keyed.Group(input, delta);
            foreach (var key in keyed.State.Missing(grouped.Keys))
                if (load(key) is { } state)
                    keyed.State.Load(key, state);
            keyed.Apply(input, grouped, output, failures);
        }

        keyed.State.TakeChanged(_writer, (key, state) => store(key, state.ToArray()));
        keyed.State.Evict();
        var deltas = new Delta?[_nodes.Count];
        deltas[_stageNodes[stage]] = Consolidation.Of(output);
        return Route(deltas, failures);
    }

    // What comes to a stateless operator by one input says nothing of its others: f(a + b) = f(a) + f(b). So each stage runs the ones behind it by itself.
    private List<RoutedRow> Route(Delta?[] deltas, RowFailures failures)
    {
        var routed = new List<RoutedRow>();
        for (var i = 0; i < deltas.Length; i++)
        {
            var node = _nodes[i];
            for (var input = 0; input < node.Inputs.Length; input++)
            {
                if (deltas[node.Inputs[input]] is not { Count: > 0 } delta)
                    continue;
                if (node.Operator is StatelessOperator stateless)
                    stateless.Apply(input, delta, deltas[i] ??= new Delta(node.Types) { Records = delta.Records is null ? null : [] }, failures);
                else
                    RouteToStage(_stageOf[i], input, (KeyedOperator)node.Operator!, delta, _rows[node.Inputs[input]], routed);
            }
        }

        if (deltas[_root] is { } last)
            RouteToSink(last, routed);
        foreach (var (row, weight, reason) in failures.Rows)
            routed.Add(FailureOf(row, reason, weight));
        return routed;
    }

    private void RouteToStage(int stage, int input, KeyedOperator keyed, Delta delta, RowCodec codec, List<RoutedRow> routed)
    {
        var grouped = keyed.Group(input, delta);
        for (var k = 0; k < grouped.Keys.Count; k++)
        {
            var hash = HashOf(grouped.Keys[k]);
            foreach (var row in grouped.RowsOf(k))
                routed.Add(new RoutedRow(stage, hash, delta.Records?[row] ?? -1, new StageRow(input, BytesOf(codec, delta, row), delta.Weights[row])));
        }
    }

    private void RouteToSink(Delta delta, List<RoutedRow> routed)
    {
        for (var row = 0; row < delta.Count; row++)
        {
            RowFailure? failure = null;
            // Where the key is NULL no row comes about; a removal takes the failure back.
            if (Sink.KeyOf(delta, row, f => failure = f) is { } key)
                routed.Add(new RoutedRow(Plan.Stages.Count, StableHash.Of(key), delta.Records?[row] ?? -1, new StageRow(SinkRowsInput, BytesOf(SinkCodec, delta, row), delta.Weights[row])));
            else if (failure is not null)
                routed.Add(FailureOf(failure.Row, failure.Reason, delta.Weights[row]) with { Record = delta.Records?[row] ?? -1 });
        }
    }

    private RoutedRow FailureOf(string row, string reason, long weight)
    {
        _writer.Clear();
        _writer.Text(row);
        _writer.Text(reason);
        return new RoutedRow(Plan.Stages.Count, StableHash.Of(row), -1, new StageRow(SinkFailuresInput, _writer.Written.ToArray(), weight));
    }

    private byte[] BytesOf(RowCodec codec, Delta delta, int row)
    {
        _writer.Clear();
        codec.Write(_writer, delta.Columns, row);
        return _writer.Written.ToArray();
    }

    // The bits of a CRC are of the last bytes' making; a multiplication spreads them.
    private static uint HashOf(byte[] key)
    {
        var hash = (ulong)StateWriter.ChecksumOf(key) * 0x9E3779B97F4A7C15;
        return (uint)(hash >> 32);
    }

    private StagePlan Cut()
    {
        // For each node, what its rows are made of without an exchange between.
        var origins = new (SortedSet<int> Tables, SortedSet<int> Stages)[_nodes.Count];
        var stages = new List<Stage>();
        for (var i = 0; i < _nodes.Count; i++)
        {
            origins[i] = ([], []);
            if (_nodes[i].Operator is null)
                origins[i].Tables.Add(_nodes[i].Source);
            foreach (var input in _nodes[i].Inputs)
            {
                origins[i].Tables.UnionWith(origins[input].Tables);
                origins[i].Stages.UnionWith(origins[input].Stages);
            }

            if (_stageOf[i] < 0)
                continue;
            stages.Add(StageOf(i));
            origins[i] = ([], [_stageOf[i]]);
        }

        return new StagePlan(stages, StageOf(_root) with { Operator = "Sink" });

        Stage StageOf(int node) => new(
            _nodes[node].Operator?.GetType().Name.Replace("Operator", "", StringComparison.Ordinal) ?? "",
            [.. Enumerable.Range(0, _tables.Length).Where(s => origins[node].Tables.Contains(_tables[s]))],
            [.. origins[node].Stages]);
    }
}
