using Serverless.Connectors;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The state of one job in a <see cref="StateFile"/>.</summary>
/// <param name="file">The file.</param>
/// <param name="job">The job.</param>
/// <param name="generation">An id that lives as long as this state: what was read belongs to it, and to no other.</param>
/// <param name="groups">The groups there are.</param>
/// <param name="isChanged">Whether the job was another one before, and that one's state was deleted.</param>
internal sealed class JobState(StateFile file, string job, string generation, long groups, bool isChanged) : IPositionStore
{
    /// <summary>An id that lives as long as this state.</summary>
    public string Generation { get; } = generation;

    /// <summary>The groups there were when it was opened.</summary>
    public long Groups { get; } = groups;

    /// <summary>Whether the job was another one before, and that one's state was deleted.</summary>
    public bool IsChanged { get; } = isChanged;

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

    /// <summary>Stores groups, all or none.</summary>
    public Task SaveAsync(IReadOnlyCollection<IKeyedState> changed, DateTimeOffset now, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO groups VALUES ($job, $key, $touched, $state) ON CONFLICT (job, key) DO UPDATE SET touched = excluded.touched, state = excluded.state";
        command.Parameters.AddWithValue("$job", job);
        command.Parameters.AddWithValue("$touched", now.ToUnixTimeMilliseconds());
        var key = command.Parameters.AddWithValue("$key", "");
        var state = command.Parameters.AddWithValue("$state", Array.Empty<byte>());
        var writer = new StateWriter();
        foreach (var group in changed)
        {
            writer.Clear();
            group.Write(writer);
            (key.Value, state.Value) = (group.Key, writer.Written.ToArray());
            command.ExecuteNonQuery();
        }
        transaction.Commit();
        return true;
    }, cancellationToken);

    /// <summary>Deletes the groups not touched since a time.</summary>
    /// <returns>The groups left.</returns>
    public Task<long> ForgetAsync(DateTimeOffset since, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(connection, "DELETE FROM groups WHERE job = $job AND touched < $since", ("$job", job), ("$since", since.ToUnixTimeMilliseconds()));
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
}
