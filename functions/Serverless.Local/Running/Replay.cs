using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Serverless.Connectors;
using Serverless.Connectors.Kafka;
using Serverless.Engine;

namespace Serverless.Local.Running;

/// <summary>
/// Sends the records of dead letters to their topics again, as new records, and then takes the letters away. Killed in between, it leaves letters whose
/// records are sent again the next time.
/// </summary>
/// <param name="connectors">Says where the topics of jobs are.</param>
/// <param name="loggers">Makes the logger of what sends.</param>
internal sealed class Replay(ConnectorFactory connectors, ILoggerFactory loggers)
{
    /// <summary>Returns the records to send, by topic.</summary>
    /// <param name="letters">The letters.</param>
    /// <param name="jobs">The jobs that may read the topics.</param>
    /// <exception cref="CommandException">Not all of them can be sent.</exception>
    public IReadOnlyList<ReplayTopic> Plan(IReadOnlyList<KeptLetter> letters, IReadOnlyList<Job> jobs)
    {
        var problems = new List<string>();
        var topics = new List<ReplayTopic>();
        foreach (var topic in letters.GroupBy(l => l.Topic!))
        {
            var readers = jobs.Where(j => j.Sources.Any(s => connectors.Reads(s, topic.Key))).ToList();
            if (readers.Count == 0)
            {
                problems.Add($"no job of the scripts reads the topic '{topic.Key}' of {Count(topic.Count())}: name the script that does");
                continue;
            }
            foreach (var record in topic.GroupBy(l => (l.Partition, l.Offset)))
                if (readers.Where(j => !record.Any(l => l.Job == j.Name)).ToList() is [var other, ..])
                    problems.Add(
                        $"job '{other.Name}' reads topic '{topic.Key}' too and has not set {Place(record.First())} aside: it would count the record twice");
            topics.Add(new ReplayTopic(topic.Key, readers, [.. topic]));
        }
        return problems.Count == 0 ? topics : throw new CommandException(string.Join('\n', problems.Distinct()));
    }

    /// <summary>Sends the records of a topic, and returns how many.</summary>
    /// <exception cref="ConnectorException">The brokers do not take them.</exception>
    public async Task<long> SendAsync(ReplayTopic topic, CancellationToken cancellationToken)
    {
        using var producer = new KafkaProducer(connectors.KafkaSettingsOf(topic.Readers[0].Source), loggers.CreateLogger("replay"));
        // Two jobs may have set one record aside.
        var records = topic.Letters.DistinctBy(l => (l.Partition, l.Offset)).OrderBy(l => l.Partition).ThenBy(l => l.Offset).Select(l => l.Bytes);
        return await producer.SendAsync(topic.Name, records.ToAsyncEnumerable(), FeedKey.Of([.. topic.Readers.Select(r => (r, r.Sources.First(s => connectors.Reads(s, topic.Name))))]), cancellationToken: cancellationToken);
    }

    /// <summary>Takes letters out of a results file.</summary>
    public static void Remove(string file, IEnumerable<KeptLetter> letters)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "DELETE FROM dead_letters WHERE id = $id";
        var id = command.Parameters.Add("$id", SqliteType.Text);
        foreach (var letter in letters)
        {
            id.Value = letter.Id;
            command.ExecuteNonQuery();
        }
        transaction.Commit();
    }

    private static string Count(int letters) => string.Create(CultureInfo.InvariantCulture, $"{letters:N0} dead letter{(letters == 1 ? "" : "s")}");

    private static string Place(KeptLetter letter) => string.Create(CultureInfo.InvariantCulture, $"partition {letter.Partition}, offset {letter.Offset}");
}
