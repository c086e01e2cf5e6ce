using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Simulation;

/// <summary>Random jobs, each compiled once: compiling costs more than a run.</summary>
/// <param name="bug">The mistake they are compiled with.</param>
internal sealed class SimulatedJobs(Bug bug)
{
    /// <summary>The number of different jobs; the seed picks one.</summary>
    public const int Count = 400;

    private readonly Dictionary<int, SimulatedJob> _jobs = [];

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
            var (sql, editedSql) = (spec.ToSql(isSplit, cells, lives), edited.ToSql(isSplit, cells, lives));
            return _jobs[number] = new SimulatedJob(
                spec, Compile(sql, number, 'a'), Compile(sql, number, 'a', isFormer: true), Compile(sql, number, 'b'), edited, Compile(editedSql, number, 'b'));
        }
    }

    private DurableJob Compile(string sql, int number, char generation, bool isFormer = false)
    {
        var source = new SourceText($"job{number}.sql", sql);
        var script = ScriptCompiler.Compile(source, new AnyConnector());
        if (script.HasErrors)
            throw new InvalidOperationException($"the random job {number} is refused:\n{string.Join('\n', script.Diagnostics)}\n{source.Text}");
        var born = new Generation($"{generation}", "", SimulatedClock.Start.AddMinutes(generation - 'a'));
        return new DurableJob(script.Jobs[0], born, Mistakes.Times(bug)) { Compiled = Mistakes.Compile(bug, script.Jobs[0], born, isFormer) };
    }

    private sealed class AnyConnector : IConnectorCatalog
    {
        public ConnectorTraits? Describe(TableDefinition table, TableUse use, Diagnostics diagnostics) => new("any", false);
    }
}

/// <summary>A random job, and what becomes of it.</summary>
/// <param name="Spec">What its table must be.</param>
/// <param name="Job">The job.</param>
/// <param name="FormerJob">The job as a former version of the program compiled it, over the same state.</param>
/// <param name="NextJob">The job in its next generation.</param>
/// <param name="EditedSpec">What the table must be after an edit of the script.</param>
/// <param name="EditedJob">The edited job, in its next generation.</param>
internal sealed record SimulatedJob(JobSpec Spec, DurableJob Job, DurableJob FormerJob, DurableJob NextJob, JobSpec EditedSpec, DurableJob EditedJob);
