using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>Reads the last letters of a dead-letter topic. It joins no group, commits nothing, and asks the brokers every few seconds at most.</summary>
/// <param name="settings">How to reach the brokers.</param>
/// <param name="topic">The topic.</param>
internal sealed class DeadLetterTail(KafkaSettings settings, string topic) : IAsyncDisposable
{
    /// <summary>The records read of each partition.</summary>
    internal const int Most = 200;

    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);
    // Short: whoever asks shows it on a page.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<(string Job, DeadLetterLine Line)> _known = [];
    private IReadOnlyList<(int Partition, long Low, long High)>? _ends;
    private IConsumer<Ignore, Ignore>? _consumer;
    private long? _asked;
    private bool _isDisposed;

    /// <summary>The last letters of a job, the newest first. Where the brokers do not answer: those known before.</summary>
    public Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<DeadLetterLine>>(
        () => [.. _known.Where(l => l.Job == job).Select(l => l.Line).Take(most)], cancellationToken);

    /// <summary>The letters of a job; null if there are more in the topic than were read, or the brokers do not answer.</summary>
    public Task<long?> TotalAsync(string job, CancellationToken cancellationToken) => AskAsync<long?>(
        () => _ends?.All(e => e.High - e.Low <= Most) == true ? _known.LongCount(l => l.Job == job) : null, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _consumer?.Dispose();
        (_consumer, _isDisposed) = (null, true);
        _turn.Release();
    }

    private async Task<T> AskAsync<T>(Func<T> answer, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_isDisposed && (_asked is not { } asked || Stopwatch.GetElapsedTime(asked) > GoodFor))
            {
                await Task.Run(Read, cancellationToken);
                _asked = Stopwatch.GetTimestamp();
            }
            return answer();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Read()
    {
        var before = _ends;
        _ends = null;
        try
        {
            var consumer = _consumer ??= Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            // A topic that is not there has no letters; of one that may not be asked nothing is known.
            if (admin.GetMetadata(topic, Patience).Topics.Find(t => t.Topic == topic) is not { } found || found.Error is { IsError: true, Code: not ErrorCode.UnknownTopicOrPart })
                return;
            var ends = found.Partitions.Select(p => EndsOf(consumer, p.PartitionId)).ToList();
            if (before is null || !ends.SequenceEqual(before))
            {
                var starts = ends.Where(e => e.High > e.Low).Select(e => new TopicPartitionOffset(topic, e.Partition, Math.Max(e.Low, e.High - Most))).ToList();
                consumer.Assign(starts);
                var (records, isWhole) = Read(consumer, starts.Count);
                consumer.Unassign();
                _known =
                [
                    .. records.OrderByDescending(r => r.Message.Timestamp.UnixTimestampMs).ThenByDescending(r => r.Offset.Value)
                        .Select(r => (Text(r, "job") ?? "", LineOf(r))),
                ];
                if (!isWhole)
                    return;
            }
            _ends = ends;
        }
        catch (KafkaException)
        {
            // What was known before is told.
        }
    }

    private IConsumer<Ignore, Ignore> Build()
    {
        var config = settings.ForConsumer("serverless");
        config.ConsumeResultFields = "timestamp,headers";
        return new ConsumerBuilder<Ignore, Ignore>(config).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
    }

    private (int Partition, long Low, long High) EndsOf(IConsumer<Ignore, Ignore> consumer, int partition)
    {
        var ends = consumer.QueryWatermarkOffsets(new(topic, partition), Patience);
        return (partition, ends.Low.Value, ends.High.Value);
    }

    // Whether they are all that were asked for.
    private static (List<ConsumeResult<Ignore, Ignore>> Records, bool IsWhole) Read(IConsumer<Ignore, Ignore> consumer, int partitions)
    {
        var records = new List<ConsumeResult<Ignore, Ignore>>();
        var began = Stopwatch.GetTimestamp();
        while (partitions > 0 && Patience - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } left && consumer.Consume(left) is { } result)
        {
            if (result.IsPartitionEOF)
                partitions--;
            else
                records.Add(result);
        }
        return (records, partitions == 0);
    }

    private static DeadLetterLine LineOf(ConsumeResult<Ignore, Ignore> record)
    {
        var row = Text(record, "row");
        return new DeadLetterLine(
            Text(record, "reason") ?? "",
            row is null ? Text(record, "topic") : null,
            int.TryParse(Text(record, "partition"), NumberStyles.None, CultureInfo.InvariantCulture, out var partition) ? partition : null,
            long.TryParse(Text(record, "offset"), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : null,
            row);
    }

    private static string? Text(ConsumeResult<Ignore, Ignore> record, string header) =>
        record.Message.Headers.TryGetLastBytes(header, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;
}
