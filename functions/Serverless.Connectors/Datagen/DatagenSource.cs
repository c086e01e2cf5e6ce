using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Datagen;

/// <summary>Reads made-up rows: each the same whenever its number is read, but for what says the present time.</summary>
/// <param name="table">The table's name.</param>
/// <param name="fields">Make the columns' values.</param>
/// <param name="count">How many rows there are; null for no end.</param>
/// <param name="perSecond">How many come in a second, without an end.</param>
/// <param name="positions">Keeps the number of the row to read next; null to begin with the first each time.</param>
/// <param name="clock">The clock.</param>
public sealed class DatagenSource(string table, IReadOnlyList<DatagenField> fields, long? count, int perSecond, IPositionStore? positions, TimeProvider clock)
    : GeneratedSource(table, count, perSecond, positions, clock)
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <inheritdoc />
    protected override Record Make(long number)
    {
        var now = Clock.GetUtcNow();
        _buffer.Clear();
        using (var writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var field in fields)
                field.Write(writer, number, now);
            writer.WriteEndObject();
        }

        return new Record(0, number, now.ToUnixTimeMilliseconds(), _buffer.WrittenSpan.ToArray());
    }
}
