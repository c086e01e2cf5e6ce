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
    private IConsumer<Ignore, Ignore>? _consumer;
    private long? _asked;
    private bool _isDisposed;

    /// <summary>The last letters of a job, the newest first. Where the brokers do not answer: those known before.</summary>
    public async Task<IReadOnlyList<DeadLetterLine>> LastAsync(string job, int most, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (!_isDisposed && (_asked is not { } asked || Stopwatch.GetElapsedTime(asked) > GoodFor))
            {
                _known = await Task.Run(Read, cancellationToken) ?? _known;
                _asked = Stopwatch.GetTimestamp();
            }
            return [.. _known.Where(l => l.Job == job).Select(l => l.Line).Take(most)];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        _consumer?.Dispose();
        (_consumer, _isDisposed) = (null, true);
        _turn.Release();
    }

    // Null where the brokers do not answer.
    private List<(string Job, DeadLetterLine Line)>? Read()
    {
        try
        {
            var consumer = _consumer ??= Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            if (admin.GetMetadata(topic, Patience).Topics.Find(t => t.Topic == topic && !t.Error.IsError) is not { } found)
                return [];
            var starts = found.Partitions.Select(p => Start(consumer, p.PartitionId)).OfType<TopicPartitionOffset>().ToList();
            consumer.Assign(starts);
            var records = Read(consumer, starts.Count);
            consumer.Unassign();
            return
            [
                .. records.OrderByDescending(r => r.Message.Timestamp.UnixTimestampMs).ThenByDescending(r => r.Offset.Value)
                    .Select(r => (Text(r, "job") ?? "", LineOf(r))),
            ];
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    private IConsumer<Ignore, Ignore> Build()
    {
        var config = settings.ForConsumer("serverless");
        config.ConsumeResultFields = "timestamp,headers";
        return new ConsumerBuilder<Ignore, Ignore>(config).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
    }

    // Null where there is nothing to read.
    private TopicPartitionOffset? Start(IConsumer<Ignore, Ignore> consumer, int partition)
    {
        var ends = consumer.QueryWatermarkOffsets(new(topic, partition), Patience);
        return ends.High.Value > ends.Low.Value ? new(topic, partition, Math.Max(ends.Low.Value, ends.High.Value - Most)) : null;
    }

    private static List<ConsumeResult<Ignore, Ignore>> Read(IConsumer<Ignore, Ignore> consumer, int partitions)
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
        return records;
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
