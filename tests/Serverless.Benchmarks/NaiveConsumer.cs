using System.Data.Common;
using System.Text.Json;
using MySqlConnector;
using Npgsql;

namespace Serverless.Benchmarks;

/// <summary>The recharge job as it is often written first: each event adds to its row in the database, one statement an event.</summary>
/// <param name="connection">The database.</param>
/// <param name="sql">Adds @amount to the row of @appkey and @dt; the rest is the event's.</param>
internal sealed class NaiveConsumer(DbConnection connection, string sql)
{
    public const string PostgreSql = """
        INSERT INTO consume (appkey, serverid, servertime, roleid, amount, dt) VALUES (@appkey, @serverid, @servertime, @roleid, @amount, @dt)
        ON CONFLICT (appkey, dt) DO UPDATE SET serverid = excluded.serverid, servertime = excluded.servertime, roleid = excluded.roleid, amount = consume.amount + excluded.amount
        """;

    public const string MySql = """
        INSERT INTO consume (appkey, serverid, servertime, roleid, amount, dt) VALUES (@appkey, @serverid, @servertime, @roleid, @amount, @dt)
        ON DUPLICATE KEY UPDATE serverid = VALUES(serverid), servertime = VALUES(servertime), roleid = VALUES(roleid), amount = amount + VALUES(amount)
        """;

    /// <summary>Consumes events, and says how long it took.</summary>
    public static async Task<TimeSpan> RunAsync(DbConnection connection, IEnumerable<byte[]> events, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        var consumer = new NaiveConsumer(connection, connection is NpgsqlConnection ? PostgreSql : MySql);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await consumer.RunAsync(events, cancellationToken);
        return watch.Elapsed;
    }

    private async Task RunAsync(IEnumerable<byte[]> events, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        string[] names = ["appkey", "serverid", "servertime", "roleid", "amount", "dt"];
        foreach (var name in names)
            command.Parameters.Add(connection is NpgsqlConnection
                ? new NpgsqlParameter(name, name == "amount" ? NpgsqlTypes.NpgsqlDbType.Double : NpgsqlTypes.NpgsqlDbType.Text)
                : new MySqlParameter(name, name == "amount" ? MySqlDbType.Double : MySqlDbType.VarChar));
        await command.PrepareAsync(cancellationToken);
        foreach (var value in events)
        {
            using var json = JsonDocument.Parse(value);
            var root = json.RootElement;
            for (var i = 0; i < 5; i++)
                command.Parameters[i].Value = i == 4 ? root.GetProperty("consumenum").GetDouble() : root.GetProperty(names[i]).GetString()!;
            command.Parameters[5].Value = root.GetProperty("servertime").GetString()![..10];
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
