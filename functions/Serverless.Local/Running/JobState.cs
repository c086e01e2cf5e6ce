using Microsoft.Data.Sqlite;
using Serverless.Engine;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The state of one job in a <see cref="StateFile"/>.</summary>
/// <param name="file">The file.</param>
/// <param name="job">The job.</param>
/// <param name="key">What this state is stored under: a job's former states stand beside it.</param>
internal sealed class JobState(StateFile file, string job, string key)
{
    /// <summary>What it is stored under.</summary>
    public string Key { get; } = key;

    /// <summary>The job's name.</summary>
    public string Job { get; } = job;

    /// <summary>An id that lives as long as this state; the read positions belong to it.</summary>
    public required string Generation { get; init; }

    /// <summary>When this state began: of two states of a job, the rows of the younger one are newer.</summary>
    public required DateTimeOffset Born { get; init; }

    /// <summary>The groups there were when it was opened, or the keys of its operators.</summary>
    public required long Groups { get; init; }

    /// <summary>Where the job read from when it was opened last.</summary>
    public required string FormerPlace { get; init; }

    /// <summary>What the state means.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Whether the job was another one before, so that this state begins now or is taken up again.</summary>
    public required bool IsChanged { get; init; }

    /// <summary>The states of what the job was before, the last one first; they are kept until this one has caught up.</summary>
    public required IReadOnlyList<FormerScript> Formers { get; init; }

    /// <summary>What the job writes now.</summary>
    public required OutputForm Form { get; init; }

    /// <summary>The forms in which rows may be in tables, <see cref="Form"/> perhaps among them.</summary>
    public required IReadOnlyList<OutputForm> Forms { get; init; }

    /// <summary>Whether all rows are written in <see cref="Form"/>, and none is left of another form.</summary>
    public required bool IsWritten { get; init; }

    /// <summary>Where it began to read; null if it has not yet. Of several sources perhaps not of all.</summary>
    public required SourceStarts? Start { get; init; }

    /// <summary>Whether all the rows that it has written are known, if it is of several stages: not if a version began it that did not keep them.</summary>
    public required bool KeepsRows { get; init; }

    /// <summary>Reads a page of groups, in the order of their keys, without their shards; empty behind the last.</summary>
    /// <param name="state">The state: <see cref="FormerScript.Key"/>, or <see cref="Key"/>.</param>
    /// <param name="after">The last key of the page before; null for the first page.</param>
    /// <param name="count">The most groups.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyList<(string Key, byte[] State)>> PageAsync(string state, string? after, int count, CancellationToken cancellationToken) =>
        file.UseAsync<IReadOnlyList<(string, byte[])>>(connection =>
        {
            var page = new List<(string, byte[])>();
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT key, state FROM groups WHERE job = $job {(after is null ? "" : "AND key > $after ")}AND instr(key, '{Shard.Mark}') = 0 ORDER BY key LIMIT $count";
            command.Parameters.AddWithValue("$job", state);
            command.Parameters.AddWithValue("$after", after ?? "");
            command.Parameters.AddWithValue("$count", count);
            using var reader = command.ExecuteReader();
            while (reader.Read())
                page.Add((reader.GetString(0), (byte[])reader.GetValue(1)));
            return page;
        }, cancellationToken);

    /// <summary>Reads a page of the rows of a state of several stages, in the order of their keys; empty behind the last. Of those that wait some may be deletes.</summary>
    /// <inheritdoc cref="PageAsync"/>
    public Task<IReadOnlyList<RowChange>> RowsAsync(string state, string? after, int count, CancellationToken cancellationToken) =>
        file.UseAsync<IReadOnlyList<RowChange>>(connection =>
        {
            var page = new List<RowChange>();
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT row FROM outbox WHERE job = $job {(after is null ? "" : "AND key > $after ")}ORDER BY key LIMIT $count";
            command.Parameters.AddWithValue("$job", state);
            command.Parameters.AddWithValue("$after", after ?? "");
            command.Parameters.AddWithValue("$count", count);
            using var reader = command.ExecuteReader();
            while (reader.Read())
                page.Add(RowChange.Read((byte[])reader.GetValue(0)));
            return page;
        }, cancellationToken);

    /// <summary>Keeps where the state began to read.</summary>
    public Task StartedAsync(SourceStarts start, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(connection, "UPDATE jobs SET starts = $starts WHERE state = $state", ("$starts", start.ToString()), ("$state", Key));
        return true;
    }, cancellationToken);

    /// <summary>Undoes a change of the job: its last former state becomes its state again.</summary>
    public Task AbandonAsync(CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        StateFile.Delete(connection, Key);
        StateFile.Execute(connection, "UPDATE jobs SET is_current = 1 WHERE state = $state", ("$state", Formers[0].Key));
        transaction.Commit();
        return true;
    }, cancellationToken);

    /// <summary>Notes, before the first row of a form is written, that rows of it may be in its table.</summary>
    public Task WritingAsync(CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        StateFile.Insert(connection, Key, Form);
        StateFile.Execute(connection, "UPDATE jobs SET is_written = 0 WHERE state = $state", ("$state", Key));
        transaction.Commit();
        return true;
    }, cancellationToken);

    /// <summary>Notes that all rows are written in <see cref="Form"/>, and that none is left of another form.</summary>
    public Task WrittenAsync(CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        StateFile.Execute(connection, "DELETE FROM forms WHERE state = $state AND fingerprint <> $fingerprint", ("$state", Key), ("$fingerprint", Form.Fingerprint));
        StateFile.Execute(connection, "UPDATE jobs SET is_written = 1 WHERE state = $state", ("$state", Key));
        transaction.Commit();
        return true;
    }, cancellationToken);

    /// <summary>Deletes the former states.</summary>
    public Task DropFormersAsync(CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        foreach (var former in Formers)
            StateFile.Delete(connection, former.Key);
        transaction.Commit();
        return true;
    }, cancellationToken);

    /// <summary>The rows that could not be made when it was stored last.</summary>
    public required IReadOnlyList<StandingFailure> Failures { get; init; }

    /// <summary>Reads the groups of some keys; those that are not there are not in the result.</summary>
    public Task<IReadOnlyList<(string Key, byte[] State)>> LoadAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        file.UseAsync<IReadOnlyList<(string, byte[])>>(connection =>
        {
            var found = new List<(string, byte[])>();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT state FROM groups WHERE job = $job AND key = $key";
            command.Parameters.AddWithValue("$job", Key);
            var parameter = command.Parameters.AddWithValue("$key", "");
            foreach (var name in keys)
            {
                parameter.Value = name;
                if (command.ExecuteScalar() is byte[] state)
                    found.Add((name, state));
            }
            return found;
        }, cancellationToken);

    /// <summary>Stores groups, and the rows that cannot be made, all or none.</summary>
    /// <param name="changed">The groups that have changed.</param>
    /// <param name="stored">Told of each group and how many bytes it takes there.</param>
    /// <param name="failures">All rows that cannot be made; null if they are as they were.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task SaveAsync(
        IReadOnlyCollection<IKeyedState> changed, Action<IKeyedState, int> stored, IReadOnlyCollection<StandingFailure>? failures, DateTimeOffset now, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO groups VALUES ($job, $key, $touched, $state) ON CONFLICT (job, key) DO UPDATE SET touched = excluded.touched, state = excluded.state";
        command.Parameters.AddWithValue("$job", Key);
        var name = command.Parameters.AddWithValue("$key", "");
        var state = command.Parameters.AddWithValue("$state", Array.Empty<byte>());
        command.Parameters.AddWithValue("$touched", now.ToUnixTimeMilliseconds());
        var writer = new StateWriter();
        foreach (var group in changed)
        {
            writer.Clear();
            group.Write(writer);
            (name.Value, state.Value) = (group.Key, writer.Written.ToArray());
            command.ExecuteNonQuery();
            stored(group, writer.Written.Length);
        }
        if (failures is not null)
            Save(connection, failures);
        transaction.Commit();
        return true;
    }, cancellationToken);

    /// <summary>Deletes the groups not touched since a time, and their shards with them: a shard lives as long as its group.</summary>
    /// <returns>The groups left.</returns>
    public Task<long> ForgetAsync(DateTimeOffset since, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(connection, $"""
            DELETE FROM groups WHERE job = $job AND touched < $since AND instr(key, '{Shard.Mark}') = 0;
            DELETE FROM groups WHERE job = $job AND touched < $since AND instr(key, '{Shard.Mark}') > 0
                AND NOT EXISTS (SELECT 1 FROM groups g WHERE g.job = $job AND g.key = substr(groups.key, 1, instr(groups.key, '{Shard.Mark}') - 1));
            """, ("$job", Key), ("$since", since.ToUnixTimeMilliseconds()));
        return StateFile.CountGroups(connection, Key);
    }, cancellationToken);

    /// <summary>What is kept of one of the job's sources.</summary>
    /// <param name="source">Its place among them.</param>
    public SourceState Source(int source) => new(file, source == 0 ? Key : $"{Key}/{source}");

    /// <summary>What a job of several stages keeps. Tests put another in its place.</summary>
    public IDataflowStore Dataflow { get; set; } = new DataflowStore(file, key);

    private void Save(SqliteConnection connection, IReadOnlyCollection<StandingFailure> failures)
    {
        StateFile.Execute(connection, "DELETE FROM failures WHERE job = $job", ("$job", Key));
        foreach (var failure in failures)
            StateFile.Execute(
                connection, "INSERT INTO failures VALUES ($job, $key, $version, $reason, $row)",
                ("$job", Key), ("$key", failure.Key), ("$version", failure.Version.Events), ("$reason", failure.Reason), ("$row", failure.Row));
    }
}
