using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>
/// What must happen later, as state and not as a message alone: a <see cref="TickMessage"/> is on its way, and counts if its id is this one's. If the
/// message is lost, whoever passes by finds the time overdue and sets it again.
/// </summary>
/// <param name="Id">Which message counts.</param>
/// <param name="At">When it comes.</param>
[JsonConverter(typeof(DueTimeConverter))]
public sealed record DueTime(string Id, DateTimeOffset At)
{
    /// <summary>Whether its message must have been lost.</summary>
    public bool IsOverdue(DateTimeOffset now, TimeSpan grace) => now - At > grace;

    /// <summary>Keeps a due time whose message is on its way; otherwise sets one, if there is something to do.</summary>
    /// <param name="due">The due time in the state.</param>
    /// <param name="wanted">When something is to be done; null if nothing is.</param>
    /// <param name="id">The id of a new one; one that is set again keeps its own.</param>
    /// <param name="now">The time.</param>
    /// <param name="grace">See <see cref="DurableTimes.Grace"/>.</param>
    /// <param name="send">Sends the message of a new one.</param>
    public static DueTime? Keep(DueTime? due, DateTimeOffset? wanted, string id, DateTimeOffset now, TimeSpan grace, Action<DueTime> send)
    {
        if (due is not null && !due.IsOverdue(now, grace))
            return due;
        if (wanted is not { } at)
            return null;
        // Under its id: if the first message is late and not lost, it still counts. Otherwise, where messages take longer than the grace, none ever would.
        var fresh = new DueTime(due?.Id ?? id, at > now ? at : now);
        send(fresh);
        return fresh;
    }
}

/// <summary>Reads the bare id that a former version wrote as a due time long past, so that it is set again.</summary>
internal sealed class DueTimeConverter : JsonConverter<DueTime>
{
    public override DueTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new DueTime(reader.GetString()!, DateTimeOffset.MinValue);
        using var json = JsonDocument.ParseValue(ref reader);
        return new DueTime(json.RootElement.GetProperty(nameof(DueTime.Id)).GetString()!, json.RootElement.GetProperty(nameof(DueTime.At)).GetDateTimeOffset());
    }

    public override void Write(Utf8JsonWriter writer, DueTime value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(nameof(DueTime.Id), value.Id);
        writer.WriteString(nameof(DueTime.At), value.At);
        writer.WriteEndObject();
    }
}
