using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Simulation;

/// <summary>Random jobs, each compiled at most once, and only what a run needs of it: compiling costs more than a run.</summary>
/// <param name="bug">The mistake they are compiled with.</param>
internal sealed class SimulatedJobs(Bug bug)
{
    /// <summary>The number of different jobs; the seed picks one.</summary>
    public const int Count = 400;

    private static readonly DateTimeOffset _edited = SimulatedClock.Start.AddMinutes(1);

    private readonly Dictionary<int, SimulatedJob> _jobs = [];

    /// <summary>The connectors: any.</summary>
    public static IConnectorCatalog Connectors { get; } = new AnyConnector();

    public SimulatedJob Get(int seed)
    {
        var number = seed % Count;
        lock (_jobs)
        {
            if (_jobs.TryGetValue(number, out var known))
                return known;
            var random = new Random(number);
            var spec = JobSpec.Random(random);
            var (isSplit, cells, lives) = (random.Next(2) == 0, random.Next(2) == 0 ? random.Next(1, 4) : (int?)null, random.Next(3) == 0);
            var edited = spec.Edited(random);
            var other = spec.WithOtherHaving(random);
            var (first, next) = (new Generation("a", "", SimulatedClock.Start), new Generation("b", "", _edited));
            var again = first with { Since = _edited, Rewrite = new Rewrite(_edited, "its HAVING has changed") };
            return _jobs[number] = new SimulatedJob(
                spec,
                Compile(spec, first),
                Compile(spec, first, isFormer: true),
                Compile(spec, next),
                edited,
                Compile(edited, next),
                other,
                other is null ? null : Compile(other, again));

            Lazy<DurableJob> Compile(JobSpec of, Generation generation, bool isFormer = false) => new(() => this.Compile(of.ToSql(isSplit, cells, lives), number, generation, isFormer));
        }
    }

    private DurableJob Compile(string sql, int number, Generation generation, bool isFormer)
    {
        // Outputs of some decline most of the rows that come while any wait.
        var hub = number % 8 == 0 ? HubLimits.Scheduler with { HalfOfState = 1_000 } : HubLimits.StorageAccount;
        var source = new SourceText($"job{number}.sql", sql);
        var script = ScriptCompiler.Compile(source, Connectors);
        if (script.HasErrors)
            throw new InvalidOperationException($"the random job {number} is refused:\n{string.Join('\n', script.Diagnostics)}\n{source.Text}");
        return new DurableJob(script.Jobs[0], generation, Mistakes.Times(bug), hub) { HotBytes = (number % 6) switch { 0 => null, < 4 => 0, _ => 400 }, Compiled = Mistakes.Compile(bug, script.Jobs[0], generation, isFormer) };
    }

    private sealed class AnyConnector : IConnectorCatalog
    {
        public ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics) => new("any", false);

        public bool IsLookup(TableDefinition table) => false;
    }
}

/// <summary>A random job, and what becomes of it.</summary>
/// <param name="Spec">What its table must be.</param>
/// <param name="Job">The job.</param>
/// <param name="FormerJob">The job as a former version of the program compiled it, over the same state.</param>
/// <param name="NextJob">The job in its next generation.</param>
/// <param name="EditedSpec">What the table must be after an edit of the script.</param>
/// <param name="EditedJob">The edited job, in its next generation.</param>
/// <param name="RewrittenSpec">What the table must be with another HAVING; null if there is none.</param>
/// <param name="RewrittenJob">The job with that, over the same state.</param>
internal sealed record SimulatedJob(JobSpec Spec, Lazy<DurableJob> Job, Lazy<DurableJob> FormerJob, Lazy<DurableJob> NextJob, JobSpec EditedSpec, Lazy<DurableJob> EditedJob, JobSpec? RewrittenSpec, Lazy<DurableJob>? RewrittenJob);
