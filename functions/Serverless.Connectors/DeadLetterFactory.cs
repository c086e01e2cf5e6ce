using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Connectors.Files;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Connectors;

/// <summary>Dead letters of rows.</summary>
public static class DeadLetterFactory
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The letter of a row that the sink refuses.</summary>
    public static DeadLetter Of(Job job, RefusedChange refused) => Of(job, refused.Change, DeadLetterKind.Refused, refused.Reason);

    /// <summary>The letter of a row that could not be made; only its key is not null.</summary>
    public static DeadLetter Of(Job job, FailedRow row) => Of(job, new RowChange(row.Key, row.Version, false, row.Values), DeadLetterKind.Row, row.Reason);

    private static DeadLetter Of(Job job, RowChange row, DeadLetterKind kind, string reason)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            JsonRow.Write(writer, job.Sink, row);
        return new DeadLetter(job.Name, null, null, null, kind, reason, buffer.WrittenSpan.ToArray(), row.Key);
    }
}
