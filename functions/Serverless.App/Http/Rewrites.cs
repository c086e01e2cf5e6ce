using System.Net;
using System.Text.Json.Serialization;
using Serverless.App.Generations;
using Serverless.App.Jobs;
using Serverless.Durable;

namespace Serverless.App.Http;

/// <summary>Takes demands to write all rows of a job again. The next pulse, on whatever instance, begins with it.</summary>
/// <param name="catalog">The jobs.</param>
/// <param name="generations">What is stored of them.</param>
/// <param name="clock">The clock.</param>
internal sealed class Rewrites(JobCatalog catalog, IGenerations generations, TimeProvider clock)
{
    /// <summary>Takes one.</summary>
    /// <param name="name">The job's name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<RewriteReport> AskAsync(string name, CancellationToken cancellationToken)
    {
        if (catalog.All.FirstOrDefault(j => j.Name == name) is not { } job)
            return new RewriteReport(HttpStatusCode.NotFound, $"there is no job '{name}'; the jobs are: {string.Join(", ", catalog.All.Select(j => j.Name))}");
        if (job.Job.Stages is not null && job.Job.Job.Sink.PrimaryKey.Count == 0)
            return new RewriteReport(HttpStatusCode.Conflict, $"job '{name}' only adds rows to a table without a primary key and does not keep them: give it another name with SET 'pipeline.name' = '…', and it starts anew");
        var own = job.Job.Generation;
        var stored = await generations.ChangeAsync(name, g => Task.FromResult(g?.Id == own.Id && g.Epoch == own.Epoch ? g with { Rewrite = Next(g) } : null), cancellationToken);
        return stored?.Id == own.Id && stored.Epoch == own.Epoch
            ? new RewriteReport(HttpStatusCode.Accepted, $"job '{name}' begins to write every row again within a minute; the log says when it has")
            : new RewriteReport(HttpStatusCode.Conflict, $"another version of the app has taken over job '{name}': ask that one");
    }

    // A cell tells demands apart by their times.
    private Rewrite Next(Generation generation)
    {
        var last = (generation.Rewrite?.At ?? generation.Epoch).AddMilliseconds(1);
        var now = clock.GetUtcNow();
        return new Rewrite(now > last ? now : last, "it was asked for");
    }
}

/// <summary>What became of a demand.</summary>
/// <param name="Status">The answer's status.</param>
/// <param name="Message">What it means.</param>
internal sealed record RewriteReport([property: JsonIgnore] HttpStatusCode Status, string Message);
