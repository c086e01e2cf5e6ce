using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
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

    // What a table answers when a record is read again may differ, so such rows first go where their record says: a cell adds an offset once, whatever the answer.
    private const int LookupStage = 0;
    private const int RecordsOfACell = 1024; // that follow each other, so that a batch comes to few cells; what cells have added depends on it

    private readonly Job _job;
    private readonly IReadOnlyList<DataflowNode> _nodes;
    private readonly bool[] _isLookedUp; // of each node, whether its rows are of single records and hold what a table answered
    private readonly bool[] _leavesRecords; // of these, whether what comes next is not of single records
    private readonly int[] _tables; // the table of each source
    private readonly SourceDecoder[] _decoders; // one for each table
    private readonly string?[] _topics; // of the sources whose table has several
    private readonly int?[] _stageNodes; // null for the stage of lookups
    private readonly int[] _stageOf; // of each node; −1 if it is not the operator of a stage
    private readonly RowCodec[] _rows; // of each node
    private readonly int _root;
    private readonly StateWriter _writer = new();

    /// <summary>Builds the operators of a job.</summary>
    /// <param name="job">A job with a <see cref="Job.Dataflow"/>.</param>
    public StageRunner(Job job)
        : this(job, exchangesLookups: true)
    {
    }

    /// <summary>Builds the operators of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="exchangesLookups">Whether rows that were looked up go where their record says before they go where their values say; without, a test's mistake.</param>
    internal StageRunner(Job job, bool exchangesLookups)
    {
        _job = job;
        var query = job.Dataflow ?? throw new ArgumentException("the job has one stage only", nameof(job));
        var (outputs, columns) = Dataflow.Evaluated(job, query);
        (var nodes, var tables, _, _root, var places) = DataflowBuilder.Build(query.Root, outputs);
        _nodes = nodes;
        Sink = new SinkRows(job, places, leaf => places[job.Outputs.Count + columns.FindIndex(c => c.Id == ((ColumnScalar)leaf).Index)]);
        _tables = [.. query.Sources.Select(s => tables.ToList().FindIndex(t => t.Table.Name == s.Name))];
        _decoders = [.. tables.Select(t => new SourceDecoder(t, query.Formats[query.Sources.ToList().FindIndex(s => s.Name == t.Table.Name)], job.Settings.Zone))];
        _topics = Dataflow.TopicsOf(query);
        (_isLookedUp, _leavesRecords) = (new bool[_nodes.Count], new bool[_nodes.Count]);
        for (var i = 0; i < _nodes.Count; i++)
        {
            _isLookedUp[i] = exchangesLookups && _nodes[i].IsPerRecord && (_nodes[i].Operator is LookupJoinOperator || Array.Exists(_nodes[i].Inputs, n => _isLookedUp[n]));
            _leavesRecords[i] = _isLookedUp[i] && i == _root;
            foreach (var input in _nodes[i].Inputs)
                _leavesRecords[input] |= _isLookedUp[input] && !_nodes[i].IsPerRecord;
        }

        _stageNodes = [.. _isLookedUp.Contains(true) ? (int?[])[null] : [], .. Enumerable.Range(0, _nodes.Count).Where(n => _nodes[n].Operator is KeyedOperator)];
        _stageOf = [.. Enumerable.Range(0, _nodes.Count).Select(n => Array.IndexOf(_stageNodes, n))];
        _rows = [.. _nodes.Select(n => new RowCodec([.. Enumerable.Range(0, n.Types.Count)]))];
        Plan = Cut();
    }

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
    /// <param name="lookups">What finds rows in the tables of <see cref="Dataflow.LookupsOf"/>, in that order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks>If a lookup throws, the same records can come again.</remarks>
    public async ValueTask<IReadOnlyList<RoutedRow>> IngestAsync(
        int source, IReadOnlyList<Record> records, string topic, ICollection<DeadLetter> letters, IReadOnlyList<ILookup> lookups, CancellationToken cancellationToken)
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
        var failures = new RowFailures();
        for (var i = 0; i < deltas.Length; i++)
        {
            var node = _nodes[i];
            if (node.Operator is null && node.Source == table)
                deltas[i] = rows.With(node.Fields);
            else if (node is { IsPerRecord: true, Operator: StatelessOperator stateless })
                for (var input = 0; input < node.Inputs.Length; input++)
                    if (deltas[node.Inputs[input]] is { Count: > 0 } delta)
                    {
                        if (stateless is LookupJoinOperator join)
                            join.Found = await Dataflow.FindAsync(lookups[join.Lookup], join, delta, cancellationToken);
                        stateless.Apply(input, delta, deltas[i] ??= new Delta(node.Types) { Records = [] }, failures);
                    }
        }

        var routed = new List<RoutedRow>();
        for (var i = 0; i < deltas.Length; i++)
        {
            if (!_isLookedUp[i] || deltas[i] is not { } delta)
                continue;
            if (_leavesRecords[i])
                RouteByRecord(i, delta, source, records, routed);
            deltas[i] = null;
        }

        Route(deltas, failures, routed);
        foreach (var (number, reason) in failures.Records)
            letters.Add(Letter(records[number], DeadLetterKind.Expression, reason));
        return routed;

        DeadLetter Letter(in Record record, DeadLetterKind kind, string reason) => new(_job.Name, topic, record.Partition, record.Offset, kind, reason, record.Value ?? record.Key ?? []);
    }

    /// <summary>Returns the keys whose states <see cref="Apply"/> loads for rows.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="load">Returns the stored state of a key that says which others are needed; null if there is none.</param>
    public IReadOnlyCollection<byte[]> KeysOf(int stage, IReadOnlyList<StageRow> rows, Func<byte[], byte[]?> load)
    {
        if (_stageNodes[stage] is not { } place)
            return [];
        var node = _nodes[place];
        var keyed = (KeyedOperator)node.Operator!;
        var deltas = Enumerable.Range(0, node.Inputs.Length).Select(input => (Input: input, Rows: DeltaOf(node, input, rows))).Where(d => d.Rows.Count > 0).ToList();
        var keys = deltas.SelectMany(d => keyed.Group(d.Input, d.Rows).Keys).ToList();
        if (keyed is WatermarkOperator watermark && deltas.Exists(d => d.Input > 0))
        {
            // All that it holds back is told by its clock.
            Load(keyed, WatermarkOperator.ClockKeys, load);
            keys.AddRange(watermark.Passing(deltas.Where(d => d.Input > 0)));
            keyed.State.Evict();
        }

        return keys;
    }

    /// <summary>Returns those of a source's rows that say how far it is; the others of a stretch say less.</summary>
    /// <param name="stage">A stage that holds rows back.</param>
    /// <param name="rows">The rows of a stretch of a partition.</param>
    public IReadOnlyList<NumberedRow> Newest(int stage, IReadOnlyList<NumberedRow> rows)
    {
        var node = _nodes[_stageNodes[stage]!.Value];
        var kept = rows.Where(r => r.Row.Input == 0).ToList();
        for (var input = 1; input < node.Inputs.Length; input++)
        {
            var own = rows.Where(r => r.Row.Input == input).ToList();
            if (own.Count > 0)
                kept.AddRange(((WatermarkOperator)node.Operator!).Newest(input, DeltaOf(node, input, [.. own.Select(r => r.Row)])).Select(row => own[row]));
        }

        return [.. kept.OrderBy(r => r.Number)];
    }

    /// <summary>Adds a delta to a stage's content.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="rows">The rows that are added and removed.</param>
    /// <param name="load">Returns the stored state of a key; null if there is none.</param>
    /// <param name="store">Stores the state of a key; empty if there is none any more.</param>
    public IReadOnlyList<RoutedRow> Apply(int stage, IReadOnlyList<StageRow> rows, Func<byte[], byte[]?> load, Action<byte[], byte[]> store)
    {
        var failures = new RowFailures();
        var deltas = new Delta?[_nodes.Count];
        if (_stageNodes[stage] is not { } place)
        {
            foreach (var row in rows)
            {
                var delta = deltas[row.Input] ??= new Delta(_nodes[row.Input].Types);
                _rows[row.Input].Read(row.Row, delta.Columns);
                delta.Add(row.Weight);
            }

            return Route(deltas, failures, []);
        }

        var node = _nodes[place];
        var keyed = (KeyedOperator)node.Operator!;
        var output = new Delta(node.Types);
        for (var input = 0; input < node.Inputs.Length; input++)
        {
            var delta = DeltaOf(node, input, rows);
            if (delta.Count == 0)
                continue;
            var grouped = keyed.Group(input, delta);
            Load(keyed, grouped.Keys, load);
            Load(keyed, keyed.Further(input, grouped), load);
            keyed.Apply(input, grouped, output, failures);
        }

        keyed.State.TakeChanged(_writer, (key, state) => store(key, state.ToArray()));
        keyed.State.Evict();
        deltas[place] = Consolidation.Of(output);
        return Route(deltas, failures, []);
    }

    private static void Load(KeyedOperator keyed, IReadOnlyList<byte[]> keys, Func<byte[], byte[]?> load)
    {
        foreach (var key in keyed.State.Missing(keys))
            if (load(key) is { } state)
                keyed.State.Load(key, state);
    }

    private Delta DeltaOf(DataflowNode node, int input, IReadOnlyList<StageRow> rows)
    {
        var delta = new Delta(_nodes[node.Inputs[input]].Types);
        foreach (var row in rows)
        {
            if (row.Input != input)
                continue;
            _rows[node.Inputs[input]].Read(row.Row, delta.Columns);
            delta.Add(row.Weight);
        }

        return delta;
    }

    // What comes to a stateless operator by one input says nothing of its others: f(a + b) = f(a) + f(b). So each stage runs the ones behind it by itself. What is of single
    // records has been run.
    private List<RoutedRow> Route(Delta?[] deltas, RowFailures failures, List<RoutedRow> routed)
    {
        for (var i = 0; i < deltas.Length; i++)
        {
            var node = _nodes[i];
            for (var input = 0; input < node.Inputs.Length && !node.IsPerRecord; input++)
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
        if (keyed is WatermarkOperator)
        {
            // A row that is held back meets the one that removes it again; how far time is, all cells are told.
            for (var row = 0; row < delta.Count; row++)
            {
                var bytes = BytesOf(codec, delta, row);
                routed.Add(new RoutedRow(stage, input == 0 ? HashOf(bytes) : null, delta.Records?[row] ?? -1, new StageRow(input, bytes, delta.Weights[row])));
            }

            return;
        }

        var grouped = keyed.Group(input, delta);
        for (var k = 0; k < grouped.Keys.Count; k++)
        {
            var hash = HashOf(grouped.Keys[k]);
            foreach (var row in grouped.RowsOf(k))
                routed.Add(new RoutedRow(stage, hash, delta.Records?[row] ?? -1, new StageRow(input, BytesOf(codec, delta, row), delta.Weights[row])));
        }
    }

    private void RouteByRecord(int node, Delta delta, int source, IReadOnlyList<Record> records, List<RoutedRow> routed)
    {
        for (var row = 0; row < delta.Count; row++)
        {
            var record = delta.Records![row];
            _writer.Clear();
            _writer.Long(source);
            _writer.Long(records[record].Partition);
            _writer.Long(records[record].Offset / RecordsOfACell);
            var hash = HashOf(_writer.Written);
            routed.Add(new RoutedRow(LookupStage, hash, record, new StageRow(node, BytesOf(_rows[node], delta, row), delta.Weights[row])));
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
    private static uint HashOf(ReadOnlySpan<byte> key)
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
                var (tables, inputs) = _isLookedUp[input] && !_nodes[i].IsPerRecord ? ([], [LookupStage]) : origins[input];
                origins[i].Tables.UnionWith(tables);
                origins[i].Stages.UnionWith(inputs);
            }

            if (_stageOf[i] < 0)
                continue;
            stages.Add(StageOf(NameOf(i), origins[i]) with { Relation = _nodes[i].Relation });
            origins[i] = ([], [_stageOf[i]]);
        }

        if (_stageNodes is [null, ..])
            stages.Insert(0, StageOf("Lookup", ([.. Enumerable.Range(0, _nodes.Count).Where(n => _leavesRecords[n]).SelectMany(n => origins[n].Tables)], [])));
        return new StagePlan(stages, StageOf("Sink", _isLookedUp[_root] ? ([], [LookupStage]) : origins[_root]));

        string NameOf(int node) => _nodes[node].Operator!.GetType().Name.Replace("Operator", "", StringComparison.Ordinal);

        Stage StageOf(string name, (SortedSet<int> Tables, SortedSet<int> Stages) of) =>
            new(name, [.. Enumerable.Range(0, _tables.Length).Where(s => of.Tables.Contains(_tables[s]))], [.. of.Stages]);
    }
}
