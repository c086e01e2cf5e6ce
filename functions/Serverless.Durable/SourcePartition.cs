using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>A partition of one of a job's sources.</summary>
/// <param name="Source">The source, by its place among the job's.</param>
/// <param name="Partition">The partition.</param>
[JsonConverter(typeof(SourcePartitionConverter))]
public readonly record struct SourcePartition(int Source, int Partition)
{
    /// <summary>Returns the partition's number, behind that of the source unless it is the first: states of jobs with one source hold nothing else.</summary>
    public override string ToString() => Source == 0 ? Partition.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{Source}.{Partition}");

    /// <summary>Returns what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">The text is another one.</exception>
    public static SourcePartition Parse(string text)
    {
        var parts = text.Split('.');
        return parts.Length is 1 or 2
            ? new SourcePartition(parts.Length == 1 ? 0 : Number(parts[0]), Number(parts[^1]))
            : throw new FormatException($"'{text}' is no partition of a source");

        static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }
}

/// <summary>Writes a <see cref="SourcePartition"/> as a text, or as the name of a property.</summary>
public sealed class SourcePartitionConverter : JsonConverter<SourcePartition>
{
    /// <inheritdoc />
    public override SourcePartition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => SourcePartition.Parse(reader.GetString()!);

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, SourcePartition value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    /// <inheritdoc />
    public override SourcePartition ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => SourcePartition.Parse(reader.GetString()!);

    /// <inheritdoc />
    public override void WriteAsPropertyName(Utf8JsonWriter writer, SourcePartition value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());
}
