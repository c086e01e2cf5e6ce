using System.Security.Cryptography;
using Serverless.App.Jobs;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Runtime;

namespace Serverless.App.Generations;

/// <summary>Opens the generation of a job whose script may have been edited, and refuses one that would overwrite right rows with ones made of fewer records.</summary>
/// <param name="generations">What is stored of the jobs.</param>
/// <param name="connectors">Knows topics and tables.</param>
/// <param name="ask">Asks where a group that has read nothing stands in a topic.</param>
/// <param name="clock">The clock.</param>
internal sealed class GenerationOpener(IGenerations generations, ConnectorFactory connectors, AskTopic ask, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the brokers.</summary>
    public static async Task<(IReadOnlyList<GroupPosition>? Positions, string? Reason)> AskAsync(KafkaSettings settings, string group, CancellationToken cancellationToken)
    {
        using var lag = new KafkaLag(settings, group, Patience);
        return (await Task.Run(lag.GetPositions, cancellationToken), lag.Problem);
    }

    /// <summary>Opens one.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The generation, or why there is none, and what to say of a script that was edited.</returns>
    public async Task<(Generation? Generation, string? Problem, string? Told)> OpenAsync(Job job, CancellationToken cancellationToken)
    {
        var edit = new ScriptEdit(job, connectors.OutputFormOf(job), new ConnectorCatalog(JobLoader.Folder));
        var id = RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuvwxyz", 8);
        var (problem, told) = ((string?)null, (string?)null);
        var opened = await generations.ChangeAsync(job.Name, DecideAsync, cancellationToken);
        return problem is null ? (opened, null, told) : (null, problem, null);

        async Task<Generation?> DecideAsync(Generation? known)
        {
            (problem, told) = (null, null);
            var isOther = edit.IsOther(known);
            var (bounds, reason) = known is null || isOther ? await BoundsAsync(job, id, cancellationToken) : ([], null);
            var next = edit.Next(known, bounds, id, clock.GetUtcNow());
            problem = !isOther ? null : reason is not null
                ? $"job '{job.Name}' has changed and starts anew, but whether {(job.Sources.Count == 1 ? "its topic still has" : "its topics still have")} the records that its rows are made of cannot be found out: {reason}; start again when brokers answer"
                : ProblemOf(job, next);
            told = known is null || next.Epoch == known.Epoch ? null : Told(job, known, next);
            return problem is null ? next : null;
        }
    }

    private string? ProblemOf(Job job, Generation next) => job.Sources
        .Select((s, i) => connectors.StartsAtBeginning(s) ? EpochRule.RefusalOf(job, connectors.KafkaSettingsOf(s).Topic, ScriptEdit.MissingOf(next, i, connectors.KafkaSettingsOf(s).Topic)) : null)
        .OfType<string>().FirstOrDefault();

    private string Told(Job job, Generation known, Generation next)
    {
        var staying = known.Form is { } was && was.Table != next.Form!.Table ? $". Rows that were written to {was.Table} stay there" : "";
        if (next.Id == known.Id)
            return $"job {job.Name} writes every row again: {next.Rewrite!.Reason}{staying}";
        if (next.Rewrite is not null)
            return $"job {job.Name} is again what it was before: its kept state is taken up, and the rows that the job in between made and it does not are deleted when it has caught up{staying}";
        var missing = job.Sources.SelectMany((s, i) => connectors.KafkaSettingsOf(s).Topic is var topic ? ScriptEdit.MissingOf(next, i, topic).Select(m => (topic, m)) : []).ToList();
        return $"job {job.Name} has changed: it starts anew. Its former state is kept until the new one has caught up; "
            + EpochRule.FateOfFormerRows(job, missing)
            + $"{(known.Sources is null ? ". Until then the former script goes on with it" : "")}{staying}";
    }

    // And why those of a topic are not known, if they are not.
    private async Task<(IReadOnlyList<SourceBounds> Bounds, string? Reason)> BoundsAsync(Job job, string group, CancellationToken cancellationToken)
    {
        var (bounds, unknown) = (new List<SourceBounds>(), (string?)null);
        foreach (var source in job.Sources)
        {
            var (settings, isFromBeginning) = (connectors.KafkaSettingsOf(source), connectors.StartsAtBeginning(source));
            var (positions, reason) = await ask(settings, group, cancellationToken);
            bounds.Add(new SourceBounds(settings.Topic, positions?.Select(p => new PartitionBounds(p.Partition, p.Next, isFromBeginning ? p.Next : p.End, p.End)).ToList()));
            unknown ??= positions is null ? reason ?? "brokers do not answer" : null;
        }
        return (bounds, unknown);
    }
}

/// <summary>Asks where a group stands in a topic; null and the reason if that cannot be found out.</summary>
/// <param name="settings">The topic and how to reach its brokers.</param>
/// <param name="group">The group.</param>
/// <param name="cancellationToken">Stops waiting.</param>
internal delegate Task<(IReadOnlyList<GroupPosition>? Positions, string? Reason)> AskTopic(KafkaSettings settings, string group, CancellationToken cancellationToken);
