using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>What an entity of groups does with a message: state and message in, state and signals out. Done again in another order it comes to the same.</summary>
/// <param name="job">The job.</param>
public sealed class GroupCell(DurableJob job)
{
    private static readonly TimeSpan EmitAfter = TimeSpan.FromMilliseconds(500);

    private readonly Placement _placement = new(job);
    private readonly CellTimer _timer = new(job, EntityKind.Group);

    /// <summary>Applies slices.</summary>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="message">The slices.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for a timer that may be set.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    /// <returns>The events that had been applied before.</returns>
    public int Apply(CellState state, string key, SlicesMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var rows = new RowBuilder(job.Compiled);
        var answers = new List<GroupAnswer>(message.Parts.Count);
        foreach (var part in message.Parts)
        {
            var slices = GroupSlices.Read(job.Compiled, part.Group, part.Shard, part.Slices);
            answers.Add(Change(state, part.Group, group => group.Apply(slices.Slices.Span, rows, now)));
        }
        Send(answers, message.Oldest, signals);
        _timer.Set(state, key, now, tick, signals);
        return answers.Sum(a => a.Duplicates);
    }

    /// <summary>Merges what shards say. All shards of a batch have their say within moments, so the rows wait for them: one <see cref="Emit"/> is on its way.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Merge(CellState state, string key, SummariesMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        foreach (var part in message.Parts)
        {
            Change(state, part.Group, group =>
            {
                group.Merge(new Summary(part.Shard, part.Values), now);
                return default;
            });
            state.Touched.Add(part.Group);
        }
        state.Oldest = Earliest.Of(state.Oldest, message.Oldest);
        if (state.Emit is null)
        {
            state.Emit = tick;
            signals.Add(new Signal(EntityKind.Group, key, Operations.Emit, new TickMessage(tick), now + EmitAfter));
        }
        _timer.Set(state, key, now, tick, signals);
    }

    /// <summary>Sends the rows that summaries have touched.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Emit(CellState state, TickMessage message, DateTimeOffset now, ICollection<Signal> signals)
    {
        if (state.Emit != message.Id)
            return;
        var rows = new RowBuilder(job.Compiled);
        Send([.. state.Touched.Where(state.Entries.ContainsKey).Select(group => Change(state, group, g => g.Answer(rows, now)))], state.Oldest, signals);
        state.Touched.Clear();
        (state.Emit, state.Oldest) = (null, null);
    }

    /// <summary>Deletes groups that have outlived <c>table.exec.state.ttl</c>.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Tick(CellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals) =>
        _timer.Tick(state, key, message, (group, bytes) => Group.Read(job.Compiled, group, bytes).IsExpired(now), now, tick, signals);

    private GroupAnswer Change(CellState state, string key, Func<Group, GroupAnswer> change)
    {
        var group = state.Entries.TryGetValue(key, out var bytes) ? Group.Read(job.Compiled, key, bytes) : new Group(job.Compiled, key);
        var answer = change(group);
        var writer = new StateWriter();
        group.Write(writer);
        state.Entries[key] = writer.Written.ToArray();
        return answer;
    }

    // At most one message to a part of the output, however many rows.
    private void Send(List<GroupAnswer> answers, long? oldest, ICollection<Signal> signals)
    {
        var rows = answers.SelectMany(a => a.Rows).ToLookup(r => OutputPart.Of(r.Key));
        var failures = answers.SelectMany(a => a.Failures).ToLookup(f => OutputPart.Of(f.Key));
        foreach (var part in rows.Select(p => p.Key).Union(failures.Select(p => p.Key)).Order())
            foreach (var bytes in RowsPacker.Pack([.. rows[part]], [.. failures[part]]))
                signals.Add(new Signal(EntityKind.Output, _placement.OfOutput(part), Operations.Add, new RowsMessage(bytes, oldest)));
    }
}
