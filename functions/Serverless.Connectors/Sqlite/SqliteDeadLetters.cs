using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Sqlite;

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
        SqliteFile.Execute(
            connection,
            """
            CREATE TABLE IF NOT EXISTS dead_letters (
                id TEXT NOT NULL PRIMARY KEY, job TEXT NOT NULL, topic TEXT, "partition" INTEGER, "offset" INTEGER, reason TEXT NOT NULL, value)
            """);
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
            INSERT INTO dead_letters VALUES ($0, $1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET reason = excluded.reason, value = excluded.value
            """;
        for (var i = 0; i < 7; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        foreach (var letter in letters)
        {
            object?[] values = [IdOf(letter), letter.Job, letter.Topic, letter.Partition, letter.Offset, letter.Reason, Readable(letter.Value)];
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
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM dead_letters WHERE $job IS NULL OR job = $job";
        command.Parameters.AddWithValue("$job", (object?)job ?? DBNull.Value);
        return (long)command.ExecuteScalar()!;
    }, cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string IdOf(DeadLetter letter) => letter.Topic is null
        ? $"{letter.Job}/{Convert.ToHexStringLower(SHA256.HashData(letter.Value))}"
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
