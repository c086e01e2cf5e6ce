using System.Collections.Concurrent;
using Serverless.Engine;
using Serverless.Engine.Plans;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.Tests;
using Serverless.Queries.Tests;

namespace Serverless.Simulation.Dataflows;

/// <summary>A random query of two to four stages into a table with a primary key, and what an edit of its script makes of it.</summary>
/// <param name="Query">The query.</param>
/// <param name="Job">Its job.</param>
/// <param name="Edited">The job after an edit; null without one.</param>
internal sealed record SimulatedQuery(RandomQuery Query, Job Job, Job? Edited)
{
    private const int Least = 2;
    private const int Most = 4;
    private const int LeastRows = 2;
    private const int Tries = 1000;

    /// <summary>Makes that of a seed.</summary>
    public static SimulatedQuery Of(int seed)
    {
        for (var i = 0; i < Tries; i++)
        {
            var query = new RandomQuery((seed * Tries) + i, isKeyed: true);
            // Most have more stages, or no rows: what is plain is seen before they are compiled.
            if (query.Operators.Count > Most + 1 || Compile(query.Script) is not { } job || StagesOf(job) is < Least or > Most || !HasRows(query, job))
                continue;
            var edited = query.Generated.Edited is { } other ? Compile(query.ScriptOf(other)) : null;
            return new SimulatedQuery(query, job, edited is not null && Plan.Fingerprint(edited) != Plan.Fingerprint(job) ? edited : null);
        }

        throw new InvalidOperationException($"no query of {Least} to {Most} stages among {Tries}");
    }

    private static Job? Compile(string sql)
    {
        var script = ScriptCompiler.Compile(new SourceText("query.sql", sql), new TestConnectors());
        return script.HasErrors ? throw new InvalidOperationException($"refused: {string.Join('\n', script.Diagnostics)}\n{sql}") : script.Jobs[0] is { Dataflow: not null } job ? job : null;
    }

    // A table that is empty whatever goes wrong shows nothing.
    private static bool HasRows(RandomQuery query, Job job)
    {
        var random = new Random(query.Seed);
        var records = job.Sources.Select((s, i) => query.Sources.First(t => t.Name == s.Name) is var source ? new SourceRecords(i, [.. source.Records.Select(r => r.ToRecord(source.Columns, random))]) : default!);
        var batch = new Dataflow(job).ApplyAsync([.. records], null, SimulatedClock.Start, CancellationToken.None);
        return batch.IsCompletedSuccessfully && batch.Result.Changes.Count(c => !c.IsDelete) >= LeastRows;
    }

    /// <summary>The operators that keep state.</summary>
    private static int StagesOf(Job job)
    {
        var seen = new HashSet<Engine.Plans.Relation>();
        void Add(Engine.Plans.Relation relation)
        {
            if (seen.Add(relation))
                foreach (var input in relation.Inputs)
                    Add(input);
        }

        Add(job.Dataflow!.Root);
        return seen.Count(r => r is not (ScanRelation or FilterRelation or ProjectRelation or UnionRelation or WindowRelation or ExpandRelation));
    }
}

/// <summary>Random queries, each made once: to find one takes longer than a run.</summary>
public sealed class SimulatedQueries
{
    private readonly ConcurrentDictionary<int, Lazy<SimulatedQuery>> _queries = new();

    /// <summary>Returns that of a seed.</summary>
    internal SimulatedQuery Get(int seed) => _queries.GetOrAdd(seed, s => new Lazy<SimulatedQuery>(() => SimulatedQuery.Of(s))).Value;
}
