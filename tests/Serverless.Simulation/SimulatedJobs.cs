using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Simulation;

/// <summary>Random jobs, each compiled once: compiling costs more than a run.</summary>
/// <param name="bug">The mistake they are compiled with.</param>
internal sealed class SimulatedJobs(Bug bug)
{
    /// <summary>The number of different jobs; the seed picks one.</summary>
    public const int Count = 400;

    private readonly Dictionary<int, (JobSpec Spec, CompiledJob Job)> _jobs = [];

    public (JobSpec Spec, CompiledJob Job) Get(int seed)
    {
        var number = seed % Count;
        lock (_jobs)
        {
            if (_jobs.TryGetValue(number, out var known))
                return known;
            var random = new Random(number);
            var spec = JobSpec.Random(random);
            var source = new SourceText($"job{number}.sql", spec.ToSql(isSplit: random.Next(2) == 0));
            var script = ScriptCompiler.Compile(source, new AnyConnector());
            if (script.HasErrors)
                throw new InvalidOperationException($"the random job {number} is refused:\n{string.Join('\n', script.Diagnostics)}\n{source.Text}");
            return _jobs[number] = (spec, Compile(script.Jobs[0]));
        }
    }

    private CompiledJob Compile(Job job) => new(bug == Bug.CloseGapsEarly ? job with { Settings = job.Settings with { DedupHorizon = TimeSpan.FromMilliseconds(-1) } } : job)
    {
        NewOffsets = bug switch
        {
            Bug.SkipOffsetCheck => () => new ForgetfulOffsets(),
            Bug.IgnoreOffsetsBelowTheLast => () => new LastOffsetOnly(),
            _ => () => new AppliedOffsets(),
        },
        IsNewer = bug == Bug.DropSummaryVersion ? (_, _) => true : (incoming, known) => incoming > known,
    };

    private sealed class AnyConnector : IConnectorCatalog
    {
        public ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics) => new("any", false);
    }
}
