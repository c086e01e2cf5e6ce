using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Lookup;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.Tests;
using Serverless.Local.Running;
using Serverless.Queries.Tests;

namespace Serverless.Simulation.Dataflows;

/// <summary>
/// One run of a job of several stages on one machine: processes one after the other, each as the command runs it, over topics that grow, a file of state, and a table. They are
/// killed between any two steps and in the middle of a transaction, stopped, and started again; the table is away, has written a part, or its answer is lost; batches are cut anew,
/// partitions overtake each other, records come twice; the script is edited, and edited back. At rest the table must be DuckDB's answer.
/// </summary>
internal sealed class DataflowWorld
{
    // Far more than any run takes.
    private const int MostReads = 100_000;

    private readonly SimulatedQuery _query;
    private readonly Random _random;
    private readonly DataflowBug _bug;
    private readonly Action<string> _trace;
    private readonly ProcessClock _clock = new();
    private readonly DataflowFaults _faults;
    private readonly List<SimulatedTopic> _topics;
    private readonly Dictionary<string, object?[]> _rows = [];
    private readonly SortedSet<string> _letters = new(StringComparer.Ordinal);
    private readonly RunnerOptions _options;
    private readonly int _stopOneIn;
    private int _edits;
    private bool _isEdited;
    private int _reads;

    /// <summary>Makes the world of a seed.</summary>
    public DataflowWorld(int seed, SimulatedQuery query, DataflowBug bug, Action<string>? trace = null)
    {
        (_query, _random, _bug, _trace) = (query, new Random(seed), bug, trace ?? (_ => { }));
        _faults = new DataflowFaults(_random, _trace);
        _topics = [.. _query.Job.Sources.Select(s => new SimulatedTopic(_query.Query.Sources.First(t => t.Name == s.Name), _random))];
        _stopOneIn = _random.Next(3) == 0 ? 15 : 100;
        _edits = _query.Edited is null ? 0 : _random.Next(4);
        _options = new RunnerOptions
        {
            // A wait of no length is as long on every machine.
            FirstRetry = TimeSpan.Zero,
            LagInterval = TimeSpan.Zero,
            Quiet = TimeSpan.FromMilliseconds(1),
            FlushInterval = TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? 0 : _random.Next(200)),
            MaxPendingRows = _random.Next(4) == 0 ? 3 : 100_000,
            MaxStateBytes = _random.Next(2) == 0 ? 0 : long.MaxValue,
            Connectors = new TestConnectors(),
        };
    }

    /// <summary>The script, the records and DuckDB's question.</summary>
    public string Description => _query.Query.Describe();

    /// <summary>Runs to rest; null if the table is right, else how it differs.</summary>
    public async Task<string?> RunAsync(Oracle oracle, CancellationToken cancellationToken)
    {
        await using var file = await StateFile.OpenAsync(":memory:", isLasting: false, cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isDone = false;
            try
            {
                isDone = await RunProcessAsync(file, cancellationToken);
            }
            catch (KilledException)
            {
                // Started again.
            }

            if (_reads > MostReads)
                return "it does not come to rest";
            if (_edits > 0 && (isDone || _random.Next(3) == 0))
                Edit();
            else if (isDone)
                return Difference(oracle);
        }
    }

    private void Edit()
    {
        _edits--;
        _isEdited = !_isEdited;
        _trace(_isEdited ? "the script is edited" : "the script is edited back");
    }

    /// <summary>One process; returns whether all is read and written.</summary>
    private async Task<bool> RunProcessAsync(StateFile file, CancellationToken cancellationToken)
    {
        _trace("a process starts");
        var job = _isEdited ? _query.Edited! : _query.Job;
        var state = await file.OpenJobAsync(job.Name, Plan.Fingerprint(job), "memory", OutputForm.Of(job, "memory", ""), _clock.Now, cancellationToken, goesBack: false);
        state.Dataflow = new SimulatedStore(file, state.Dataflow, _random, _faults, _bug, _trace);
        using var stop = new CancellationTokenSource();
        var (isDone, progress) = (false, default(JobProgress));
        void OnRead()
        {
            _clock.Now += TimeSpan.FromMilliseconds(_random.Next(30));
            _topics[_random.Next(_topics.Count)].Grow(_random, 4);
            isDone = progress!.IdleRounds >= 2 && _topics.TrueForAll(t => t.IsComplete);
            // An edit comes while things are well, too.
            if (isDone || ++_reads > MostReads || _random.Next(_stopOneIn) == 0 && _faults.IsActive)
                stop.Cancel();
        }

        await using var sink = new SimulatedSink(_rows, _random, _faults, _bug, _trace);
        var sources = _topics.ConvertAll(t => new SimulatedSource(t, state.Generation, _random, _faults, _bug, _trace, OnRead));
        using var runner = new JobRunner(
            job, sources, sink, new SimulatedLetters(_letters, _faults), state, _options, new JobMetrics(NoMeters.Instance), _clock, NullLogger.Instance, new Dictionary<DataflowLookup, ITableLookup>());
        progress = runner.Progress;
        await runner.OpenAsync(cancellationToken);
        await runner.RunAsync(stop.Token, cancellationToken);
        _trace("the process ends");
        return isDone && runner.Progress.RowsPending == 0;
    }

    private string? Difference(Oracle oracle)
    {
        var query = _query.Query;
        foreach (var source in query.Sources)
            oracle.Load(source);
        var kinds = query.Types.Select(t => t.Kind).ToArray();
        var expected = oracle.Rows((_isEdited ? query.Generated.Edited! : query.Query).Duck, query.Types);
        var actual = _rows.Values.Select(r => string.Join(" | ", r.Select((v, i) => RowText.Of(v, kinds[i])))).Order(StringComparer.Ordinal).ToList();
        return RowText.Difference(expected, actual, []);
    }

    /// <summary>Makes meters that nobody reads.</summary>
    private sealed class NoMeters : IMeterFactory
    {
        public static NoMeters Instance { get; } = new();

        [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller's.")]
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
