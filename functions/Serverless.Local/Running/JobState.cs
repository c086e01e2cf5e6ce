using System.Text.Json;
using Microsoft.Data.Sqlite;
using Serverless.Connectors;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The state of one job in a <see cref="StateFile"/>.</summary>
/// <param name="file">The file.</param>
/// <param name="job">The job.</param>
internal sealed class JobState(StateFile file, string job) : IPositionStore, ITopicStore
{
    /// <summary>An id that lives as long as this state: what was read belongs to it, and to no other.</summary>
    public required string Generation { get; init; }

    /// <summary>When this state began: of two states of a job, the rows of the younger one are newer.</summary>
    public required DateTimeOffset Born { get; init; }

    /// <summary>The groups there were when it was opened.</summary>
    public required long Groups { get; init; }

    /// <summary>Where the job read from when it was opened last.</summary>
    public required string FormerPlace { get; init; }

    /// <summary>Whether the job was another one before, and that one's state was deleted.</summary>
    public required bool IsChanged { get; init; }

    /// <summary>The rows that could not be made when it was stored last.</summary>
    public required IReadOnlyList<StandingFailure> Failures { get; init; }

    /// <summary>Reads the groups of some keys; those that are not there are not in the result.</summary>
    public Task<IReadOnlyList<(string Key, byte[] State)>> LoadAsync(IEnumerable<string> keys, CancellationToken cancellationToken) =>
        file.UseAsync<IReadOnlyList<(string, byte[])>>(connection =>
        {
            var found = new List<(string, byte[])>();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT state FROM groups WHERE job = $job AND key = $key";
            command.Parameters.AddWithValue("$job", job);
            var parameter = command.Parameters.AddWithValue("$key", "");
            foreach (var key in keys)
            {
                parameter.Value = key;
                if (command.ExecuteScalar() is byte[] state)
                    found.Add((key, state));
            }
            return found;
        }, cancellationToken);

    /// <summary>Stores groups, and the rows that cannot be made, all or none.</summary>
    /// <param name="changed">The groups that have changed.</param>
    /// <param name="failures">All rows that cannot be made; null where they are as they were.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task SaveAsync(
        IReadOnlyCollection<IKeyedState> changed, IReadOnlyCollection<StandingFailure>? failures, DateTimeOffset now, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO groups VALUES ($job, $key, $touched, $state) ON CONFLICT (job, key) DO UPDATE SET touched = excluded.touched, state = excluded.state";
        command.Parameters.AddWithValue("$job", job);
        var key = command.Parameters.AddWithValue("$key", "");
        var state = command.Parameters.AddWithValue("$state", Array.Empty<byte>());
        command.Parameters.AddWithValue("$touched", now.ToUnixTimeMilliseconds());
        var writer = new StateWriter();
        foreach (var group in changed)
        {
            writer.Clear();
            group.Write(writer);
            (key.Value, state.Value) = (group.Key, writer.Written.ToArray());
            command.ExecuteNonQuery();
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
            """, ("$job", job), ("$since", since.ToUnixTimeMilliseconds()));
        return StateFile.CountGroups(connection, job);
    }, cancellationToken);

    /// <inheritdoc />
    Task<long?> IPositionStore.LoadAsync(CancellationToken cancellationToken) =>
        file.UseAsync(c => (long?)StateFile.Scalar(c, "SELECT position FROM positions WHERE job = $job", ("$job", job)), cancellationToken);

    /// <inheritdoc />
    Task IPositionStore.SaveAsync(long position, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(
            connection, "INSERT INTO positions VALUES ($job, $position) ON CONFLICT (job) DO UPDATE SET position = excluded.position",
            ("$job", job), ("$position", position));
        return true;
    }, cancellationToken);

    /// <inheritdoc />
    Task<TopicIdentity?> ITopicStore.LoadAsync(CancellationToken cancellationToken) => file.UseAsync(
        c => StateFile.Scalar(c, "SELECT topic FROM topics WHERE job = $job", ("$job", job)) is string topic ? JsonSerializer.Deserialize<TopicIdentity>(topic) : null,
        cancellationToken);

    /// <inheritdoc />
    Task ITopicStore.SaveAsync(TopicIdentity topic, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(
            connection, "INSERT INTO topics VALUES ($job, $topic) ON CONFLICT (job) DO UPDATE SET topic = excluded.topic",
            ("$job", job), ("$topic", JsonSerializer.Serialize(topic)));
        return true;
    }, cancellationToken);

    private void Save(SqliteConnection connection, IReadOnlyCollection<StandingFailure> failures)
    {
        StateFile.Execute(connection, "DELETE FROM failures WHERE job = $job", ("$job", job));
        foreach (var failure in failures)
            StateFile.Execute(
                connection, "INSERT INTO failures VALUES ($job, $key, $version, $reason, $row)",
                ("$job", job), ("$key", failure.Key), ("$version", failure.Version.Events), ("$reason", failure.Reason), ("$row", failure.Row));
    }
}
