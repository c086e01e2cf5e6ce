using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.DurableTask.Client;
using Serverless.App.Entities;
using Serverless.App.Jobs;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.DurableRuntime.Host;

/// <summary>
/// Reads a topic as the Kafka extension does with <c>commitOnFailure</c> off: batch by batch in the consumer group that the trigger names; a
/// batch's offsets are committed when the app has taken it, and a batch that failed comes again.
/// </summary>
/// <param name="job">The job, as the first worker loaded it.</param>
/// <param name="source">The source of which it is.</param>
/// <param name="worker">Gives the worker, once it runs.</param>
/// <param name="client">Stores signals.</param>
/// <param name="isMeasured">See <see cref="HostOptions.IsMeasured"/>.</param>
internal sealed class TopicReader(AppJob job, AppSource source, Func<Task<Worker>> worker, DurableTaskClient client, bool isMeasured)
{
    // As in host.json, or enough batches of few records.
    private readonly int _mostRecords = isMeasured ? 10_000 : 500;
    private readonly TimeSpan _collects = TimeSpan.FromMilliseconds(isMeasured ? 1_000 : 200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Reads until it is stopped.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = source.Kafka!.BootstrapServers,
            GroupId = source.ConsumerGroup,
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        // All partitions at once: what a group hands to one that is killed it would keep from the next for a while.
        consumer.Assign(Partitions(source.Kafka.BootstrapServers).Select(p => new TopicPartitionOffset(p, Offset.Stored)));
        while (!cancellationToken.IsCancellationRequested)
        {
            var batch = await Task.Run(() => Collect(consumer, cancellationToken), cancellationToken);
            if (batch.Count == 0)
                continue;
            await ProcessAsync(batch, cancellationToken);
            consumer.Commit(batch.GroupBy(r => r.TopicPartition).Select(p => new TopicPartitionOffset(p.Key, p.Max(r => r.Offset.Value) + 1)));
        }
    }

    private List<ConsumeResult<Ignore, byte[]>> Collect(IConsumer<Ignore, byte[]> consumer, CancellationToken cancellationToken)
    {
        var batch = new List<ConsumeResult<Ignore, byte[]>>();
        for (var watch = Stopwatch.StartNew(); batch.Count < _mostRecords && watch.Elapsed < _collects && !cancellationToken.IsCancellationRequested;)
            if (consumer.Consume(_collects) is { } record)
                batch.Add(record);
        return batch;
    }

    private async Task ProcessAsync(List<ConsumeResult<Ignore, byte[]>> batch, CancellationToken cancellationToken)
    {
        Record[] records = [.. batch.Select(r => new Record(r.Partition.Value, r.Offset.Value, r.Message.Timestamp.UnixTimestampMs, r.Message.Value)).OrderBy(r => r.Partition).ThenBy(r => r.Offset)];
        while (true)
        {
            var current = await worker();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(current.Death, cancellationToken);
            try
            {
                await current.Ingestion.ProcessAsync(source.Function, job.FunctionIdOf(source), records, new EntityClient(client), stop.Token).WaitAsync(stop.Token);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                Console.WriteLine($"job {job.Name}: a batch comes again: {e.GetType().Name}: {e.Message}");
            }
        }
    }

    private List<TopicPartition> Partitions(string brokers)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = brokers }).Build();
        var topic = source.Trigger.Topic;
        return [.. admin.GetMetadata(topic, Patience).Topics.Single().Partitions.Select(p => new TopicPartition(topic, p.PartitionId))];
    }
}
