using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Databases.Sqlite;

/// <summary>
/// Dead letters as the table <c>dead_letters</c> of a SQLite file. A record's letter is known by job, topic, partition and offset, a row's
/// by job and row, so that the same letter again stays one.
/// </summary>
/// <param name="file">The file; the caller's to dispose of.</param>
public sealed class SqliteDeadLetters(SqliteFile file) : IDeadLetters
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <inheritdoc />
    public string Place => $"{file.Path}, table dead_letters";

    /// <inheritdoc />
    public Task OpenAsync(CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        Prepare(connection);
        return true;
    }, cancellationToken);

    /// <inheritdoc />
    public Task WriteAsync(IReadOnlyList<DeadLetter> letters, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            """
            INSERT INTO dead_letters (id, job, topic, "partition", "offset", reason, value, row) VALUES ($0, $1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, value = excluded.value, row = excluded.row
            """;
        for (var i = 0; i < 8; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        foreach (var letter in letters)
        {
            object?[] values = [IdOf(letter), letter.Job, letter.Topic, letter.Partition, letter.Offset, letter.Reason, Readable(letter.Value), letter.Row];
            for (var i = 0; i < values.Length; i++)
                command.Parameters[i].Value = values[i] ?? DBNull.Value;
            command.ExecuteNonQuery();
        }
        transaction.Commit();
        return true;
    }, cancellationToken);

    /// <inheritdoc />
    public Task<long> CountAsync(string? job, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        Prepare(connection);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM dead_letters WHERE $job IS NULL OR job = $job";
        command.Parameters.AddWithValue("$job", (object?)job ?? DBNull.Value);
        return (long)command.ExecuteScalar()!;
    }, cancellationToken);

    /// <inheritdoc />
    public async Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken)
    {
        try
        {
            return await file.UseAsync(connection => Last(connection, job, most), cancellationToken);
        }
        catch (SinkUnavailableException)
        {
            return [];
        }
    }

    /// <inheritdoc />
    public async Task<long?> TotalAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            return await CountAsync(job, cancellationToken);
        }
        catch (SinkUnavailableException)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Prepare(SqliteConnection connection)
    {
        SqliteFile.Execute(
            connection,
            """
            CREATE TABLE IF NOT EXISTS dead_letters (
                id TEXT NOT NULL PRIMARY KEY, job TEXT NOT NULL, topic TEXT, "partition" INTEGER, "offset" INTEGER, reason TEXT NOT NULL, value, row TEXT)
            """);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM pragma_table_info('dead_letters') WHERE name = 'row'";
        // A file of a former version.
        if ((long)command.ExecuteScalar()! == 0)
            SqliteFile.Execute(connection, "ALTER TABLE dead_letters ADD COLUMN row TEXT");
    }

    private static List<DeadLetterLine> Last(SqliteConnection connection, string job, int most)
    {
        Prepare(connection);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT reason, topic, \"partition\", \"offset\", row FROM dead_letters WHERE job = $job ORDER BY rowid DESC LIMIT $most";
        command.Parameters.AddWithValue("$job", job);
        command.Parameters.AddWithValue("$most", most);
        using var reader = command.ExecuteReader();
        var letters = new List<DeadLetterLine>();
        while (reader.Read())
            letters.Add(new DeadLetterLine(
                reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetInt32(2),
                reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetString(4)));
        return letters;
    }

    private static string IdOf(DeadLetter letter) => letter.Partition is null
        ? $"{letter.Job}/{(letter.Topic is null ? "" : $"{letter.Topic}/{letter.Offset}/")}{Convert.ToHexStringLower(SHA256.HashData(letter.Value))}"
        : $"{letter.Job}/{letter.Topic}/{letter.Partition}/{letter.Offset}";

    // Text where it is text, so that a user can read it.
    private static object Readable(byte[] value)
    {
        try
        {
            return Utf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return value;
        }
    }
}
