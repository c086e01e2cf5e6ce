using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Connectors.Files;
using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Connectors;

/// <summary>Dead letters of rows.</summary>
public static class RowLetter
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The letter of a row that could not be written or made; of one that could not be made, only the key is not null.</summary>
    public static DeadLetter Of(Job job, RowChange row, string reason)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            JsonRow.Write(writer, job.Sink, row);
        return new DeadLetter(job.Name, null, null, null, reason, buffer.WrittenSpan.ToArray(), row.Key);
    }
}
