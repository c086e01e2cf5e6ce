using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>What an entity of groups does with a message: state and message in, state and signals out. Done again in another order it comes to the same.</summary>
public sealed class GroupCell
{
    private readonly DurableJob _job;
    private readonly EntityKeys _keys;
    private readonly SentMessages _sent;
    private readonly CellTimers _timers;
    private readonly CellGaps _gaps;

    /// <summary>Makes one.</summary>
    /// <param name="job">The job.</param>
    public GroupCell(DurableJob job)
    {
        (_job, _keys, _sent) = (job, new EntityKeys(job), new SentMessages(job));
        (_timers, _gaps) = (new CellTimers(job, EntityKind.Group, _sent), new CellGaps(job, EntityKind.Group));
    }

    /// <summary>Applies slices.</summary>
    /// <param name="state">The entity's state; changed.</param>
    /// <param name="key">The entity's key.</param>
    /// <param name="message">The slices.</param>
    /// <param name="now">The clock.</param>
    /// <param name="tick">A new id for timers that may be set, and for messages.</param>
    /// <param name="signals">Gets what is to be sent.</param>
    /// <returns>The events that had been applied before.</returns>
    public int Apply(CellState state, string key, SlicesMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var rows = new RowBuilder(_job.Compiled);
        var answers = new List<(string, GroupAnswer)>(message.Parts.Count);
        foreach (var part in message.Parts)
        {
            var slices = GroupSlices.Read(_job.Compiled, part.Group, part.Shard, part.Slices);
            answers.Add((part.Group, Change(state, part.Group, group => group.Apply(slices.Slices.Span, rows, now, message.SentAt ?? now))));
        }
        Send(state, key, answers, message.Oldest, now, tick, signals);
        _timers.Set(state, key, now, tick, signals);
        return answers.Sum(a => a.Item2.Duplicates);
    }

    /// <summary>Merges what shards say. All shards of a batch have their say within moments, so the rows wait for them: one <see cref="Emit"/> is on its way.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Merge(CellState state, string key, SummariesMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var sent = message.SentAt ?? now;
        var ended = new List<ShardLife>();
        foreach (var part in message.Parts)
        {
            Change(state, part.Group, group =>
            {
                if (group.IsExpired(sent))
                    ended.AddRange(LivesOf(group, hasEnded: true));
                group.Merge(new Summary(part.Shard, part.Values, part.Life), sent);
                return default;
            });
            state.Touched.Add(part.Group);
        }
        SendLives(ended, signals);
        state.Oldest = state.Oldest is null || message.Oldest < state.Oldest ? message.Oldest : state.Oldest;
        if (message is { From: { } from, Id: { } id })
            (state.Owed ??= new Confirmations()).Received(from, id, message.Replaces);
        _timers.Set(state, key, now, tick, signals);
    }

    /// <summary>Sends the rows that summaries have touched.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Emit(CellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (state.Emit?.Id == message.Id)
        {
            var rows = new RowBuilder(_job.Compiled);
            Send(state, key, [.. state.Touched.Where(group => state.Find(group) is not null).Select(group => (group, Change(state, group, g => g.Answer(rows, now))))], state.Oldest, now, tick, signals);
            state.Touched.Clear();
            (state.Emit, state.Oldest) = (null, null);
        }
        _timers.Set(state, key, now, tick, signals);
    }

    /// <summary>
    /// Does what is due by a timer: deletes groups that have outlived <c>table.exec.state.ttl</c>, sends again what nobody has confirmed, confirms what shards have
    /// sent, reports gaps.
    /// </summary>
    /// <inheritdoc cref="Apply"/>
    public void Tick(CellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (CellTimers.IsTimeToLive(state, message))
            Expire(state, now, signals);
        state.Owed?.Tick(message, EntityKind.Shard, signals);
        CellEviction.Tick(state, message);
        Resend(state, key, message, now, tick, signals);
        RewritePage(state, key, message, now, tick, signals);
        _gaps.Tick(state, key, message, entry => state.Find(entry) is { } bytes ? (entry, -1, Group.Read(_job.Compiled, entry, bytes).Applied) : null, now, signals);
        _timers.Set(state, key, now, tick, signals);
    }

    /// <summary>Forgets what outputs have stored.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Confirm(CellState state, string key, ConfirmMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        SentMessages.Confirm(state, message);
        _timers.Set(state, key, now, tick, signals);
    }

    /// <summary>Sets again what is overdue.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Pulse(CellState state, string key, PulseMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        _timers.Set(state, key, now, tick, signals);
        if (message.IsWatching)
            _timers.Watch(state, key, signals);
    }

    /// <summary>Sends all rows as they now are, once for each demand.</summary>
    /// <inheritdoc cref="Apply"/>
    public void Rewrite(CellState state, string key, RewriteMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (state.HasEntries && message.Epoch == _job.Compiled.Epoch && !(state.Rewritten?.Asked >= message.Asked) && !(state.Rewriting?.Asked >= message.Asked))
        {
            state.Rewriting = new Rewriting(message.Asked, _job.Compiled.Epoch, null, 0, 0);
            Rewrite(state, key, state.Held, isLast: state.Evictions == 0, now, tick, signals);
        }
        _timers.Set(state, key, now, tick, signals);
    }

    // What of a page is held too has been sent as it was at the beginning, or with a part of its rows since.
    private void RewritePage(CellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        if (state.NextPage?.Id != message.Id)
            return;
        state.NextPage = null;
        if (state is not { Rewriting: { } rewriting, Page: { } page })
            return;
        state.Rewriting = rewriting with { After = page.Next };
        Rewrite(state, key, page.Values.Select(v => KeyValuePair.Create(v.Key, state.Find(v.Key) ?? v.Value)), isLast: page.Next is null, now, tick, signals);
    }

    private void Rewrite(CellState state, string key, IEnumerable<KeyValuePair<string, byte[]>> entries, bool isLast, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var rows = new RowBuilder(_job.Compiled);
        var answers = entries.Select(e => (e.Key, Group.Read(_job.Compiled, e.Key, e.Value).Rows(rows, now))).ToList();
        Send(state, key, answers, null, now, tick, signals);
        var all = answers.SelectMany(a => a.Item2.Rows).ToLookup(r => r.IsDelete);
        var sent = state.Rewriting!;
        sent = state.Rewriting = sent with { Rows = sent.Rows + all[false].Count(), Deletes = sent.Deletes + all[true].Count() };
        if (!isLast)
            return;
        state.Rewritten = new Rewritten(sent.Asked, sent.Epoch, now, sent.Rows, sent.Deletes);
        state.Rewriting = null;
    }

    private void Resend(CellState state, string key, TickMessage message, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var rows = new RowBuilder(_job.Compiled);
        var answers = new List<(string, GroupAnswer)>();
        foreach (var (entry, to) in _sent.Take(state, message, now))
            if (state.Find(entry) is { } bytes)
            {
                var all = Group.Read(_job.Compiled, entry, bytes).Rows(rows, now);
                answers.Add((entry, new GroupAnswer([.. all.Rows.Where(r => to.Contains(OutputOf(r.Key)))], [.. all.Failures.Where(f => to.Contains(OutputOf(f.Key)))], 0)));
            }
        Send(state, key, answers, null, now, tick, signals);
        if (answers.Count > 0)
            _timers.Watch(state, key, signals);
    }

    // Of a split group the shards live as long as it does, and hear of it here.
    private void Expire(CellState state, DateTimeOffset now, ICollection<Signal> signals)
    {
        var lives = new List<ShardLife>();
        foreach (var (entry, bytes) in state.Entries.ToList())
        {
            var group = Group.Read(_job.Compiled, entry, bytes);
            var hasEnded = group.IsExpired(now);
            lives.AddRange(LivesOf(group, hasEnded));
            if (hasEnded)
                Remove(state, entry);
        }
        SendLives(lives, signals);
    }

    private static void Remove(CellState state, string entry)
    {
        state.Entries.Remove(entry);
        state.Touched.Remove(entry);
        state.Gaps?.Remove(entry);
    }

    private static IEnumerable<ShardLife> LivesOf(Group group, bool hasEnded) =>
        group.Shards.Select(shard => new ShardLife(group.Key, shard, group.LastAt.ToUnixTimeMilliseconds(), hasEnded));

    private void SendLives(List<ShardLife> lives, ICollection<Signal> signals)
    {
        foreach (var place in lives.GroupBy(l => _keys.OfShard(l.Group, l.Shard)))
            foreach (var parts in Chunks.BySize(place, l => MessageLimits.Encoded(l.Group) + 100, MessageLimits.MostParts))
                signals.Add(new Signal(EntityKind.Shard, place.Key, Operations.Live, new LivesMessage(parts)));
    }

    private GroupAnswer Change(CellState state, string key, Func<Group, GroupAnswer> change)
    {
        // A cell that begins now has written nothing in a former form.
        if (!state.HasEntries && _job.Generation.Since is not null)
            state.Rewritten = new Rewritten(_job.Compiled.Epoch, _job.Compiled.Epoch, DateTimeOffset.FromUnixTimeMilliseconds(_job.Compiled.Epoch), 0, 0);
        var group = state.Find(key) is { } bytes ? Group.Read(_job.Compiled, key, bytes) : new Group(_job.Compiled, key);
        var answer = change(group);
        var writer = new StateWriter();
        group.Write(writer);
        state.Put(key, writer.Written.ToArray());
        CellGaps.Note(state, key, group.Applied);
        return answer;
    }

    private string OutputOf(string rowKey) => _keys.OfOutput(OutboxPartition.Of(rowKey));

    // At most one message to a part of the output, however many rows, unless it would be too large.
    private void Send(CellState state, string key, IReadOnlyList<(string Group, GroupAnswer Answer)> answers, long? oldest, DateTimeOffset now, string tick, ICollection<Signal> signals)
    {
        var rows = answers.SelectMany(a => a.Answer.Rows, (a, row) => new GroupRow(a.Group, row, null));
        var failures = answers.SelectMany(a => a.Answer.Failures, (a, failure) => new GroupRow(a.Group, null, failure));
        var number = 0;
        foreach (var part in rows.Concat(failures).GroupBy(r => OutboxPartition.Of(r.Key)).OrderBy(p => p.Key))
            foreach (var (bytes, groups) in RowsPacker.Pack([.. part], _job.Hub.RowsBytes))
            {
                var to = _keys.OfOutput(part.Key);
                var id = $"{tick}.{number++}";
                var replaced = _sent.Add(state, new SentMessage(to, id, now, groups));
                signals.Add(new Signal(EntityKind.Output, to, Operations.Add, new RowsMessage(bytes, oldest, key, id, replaced, _job.Generation.Since is null ? null : _job.Compiled.Epoch)));
            }
    }
}
