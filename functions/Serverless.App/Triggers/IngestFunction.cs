using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Serverless.App.Entities;
using Serverless.Engine.Ingest;

namespace Serverless.App.Triggers;

/// <summary>Reads a topic: what the host calls with each batch. It stands for one function for each source of a job, see <see cref="JobFunctions"/>, so its own trigger is never used.</summary>
internal sealed class IngestFunction(Ingestion ingestion)
{
    /// <summary>Takes a batch. When it returns, all that the batch comes to is stored, and the host commits its offsets; if it throws, the batch comes again.</summary>
    /// <param name="records">The records, of several partitions.</param>
    /// <param name="client">Stores signals.</param>
    /// <param name="context">Tells which source's function it is.</param>
    [Function(JobFunctions.Template)]
    public Task RunAsync(
        [KafkaTrigger("none", "none", IsBatched = true, KeyDataType = KafkaMessageKeyType.Binary)] KafkaRecord[] records,
        [DurableClient] DurableTaskClient client,
        FunctionContext context)
    {
        // A batch's order is the order of arrival, over all partitions.
        Record[] batch = [.. records.Select(r => new Record(r.Partition, r.Offset, r.Timestamp?.UnixTimestampMs ?? 0, r.Value) { Key = r.Key }).OrderBy(r => r.Partition).ThenBy(r => r.Offset)];
        return ingestion.ProcessAsync(context.FunctionDefinition.Name, context.FunctionId, batch, new EntityClient(client), context.CancellationToken);
    }
}
