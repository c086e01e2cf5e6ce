using Microsoft.Data.Sqlite;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>What a job of several stages keeps in a <see cref="StateFile"/>.</summary>
/// <param name="file">The file.</param>
/// <param name="key">What the job's state is stored under.</param>
internal sealed class DataflowStore(StateFile file, string key) : IDataflowStore
{
    /// <inheritdoc />
    public async ValueTask LoadAsync(int stage, IReadOnlyList<byte[]> keys, LoadState load, CancellationToken cancellationToken)
    {
        var found = await file.UseAsync(connection =>
        {
            var states = new List<(byte[] Key, byte[] State)>();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT state FROM stages WHERE job = $job AND stage = $stage AND key = $key";
            command.Parameters.AddWithValue("$job", key);
            command.Parameters.AddWithValue("$stage", stage);
            var parameter = command.Parameters.AddWithValue("$key", Array.Empty<byte>());
            foreach (var name in keys)
            {
                parameter.Value = name;
                if (command.ExecuteScalar() is byte[] state)
                    states.Add((name, state));
            }
            return states;
        }, cancellationToken);
        foreach (var (name, state) in found)
            load(name, state);
    }

    /// <inheritdoc />
    public Task<(byte[]? Offsets, IReadOnlyList<RowChange> Rows)> LoadStagesAsync(CancellationToken cancellationToken) => file.UseAsync<(byte[]?, IReadOnlyList<RowChange>)>(connection =>
    {
        var offsets = StateFile.Scalar(connection, "SELECT state FROM stages WHERE job = $job AND stage = $stage", ("$job", key), ("$stage", Dataflow.OffsetsStage)) as byte[];
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT row FROM outbox WHERE job = $job AND is_written = 0";
        command.Parameters.AddWithValue("$job", key);
        using var reader = command.ExecuteReader();
        var rows = new List<RowChange>();
        while (reader.Read())
            rows.Add(RowChange.Read((byte[])reader.GetValue(0)));
        return (offsets, rows);
    }, cancellationToken);

    /// <inheritdoc />
    public Task<long> SaveStagesAsync(
        IReadOnlyList<(int Stage, byte[] Key, byte[] State)> states, IReadOnlyList<RowChange> waiting, IReadOnlyList<(string Key, bool IsThere)> written, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        using var put = Command("INSERT INTO stages VALUES ($job, $stage, $key, $state) ON CONFLICT DO UPDATE SET state = excluded.state", "$stage", "$key", "$state");
        using var remove = Command("DELETE FROM stages WHERE job = $job AND stage = $stage AND key = $key", "$stage", "$key");
        foreach (var (stage, name, state) in states)
            Run(state.Length > 0 ? put : remove, stage, name, state);
        using var wait = Command("INSERT INTO outbox VALUES ($job, $key, $row, 0) ON CONFLICT DO UPDATE SET row = excluded.row, is_written = 0", "$key", "$row");
        var writer = new StateWriter();
        foreach (var row in waiting)
        {
            writer.Clear();
            row.WriteTo(writer);
            Run(wait, row.Key, writer.Written.ToArray());
        }
        using var keep = Command("UPDATE outbox SET is_written = 1 WHERE job = $job AND key = $key", "$key");
        using var forget = Command("DELETE FROM outbox WHERE job = $job AND key = $key", "$key");
        foreach (var (row, isThere) in written)
            Run(isThere ? keep : forget, row);
        var count = (long)StateFile.Scalar(connection, "SELECT COUNT(*) FROM stages WHERE job = $job AND stage >= 0", ("$job", key))!;
        transaction.Commit();
        return count;

        SqliteCommand Command(string sql, params string[] parameters)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            foreach (var parameter in parameters)
                command.Parameters.AddWithValue(parameter, "");
            command.Parameters.AddWithValue("$job", key);
            return command;
        }

        static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
        {
            for (var i = 0; i < command.Parameters.Count - 1; i++)
                command.Parameters[i].Value = values[i];
            command.ExecuteNonQuery();
        }
    }, cancellationToken);
}
