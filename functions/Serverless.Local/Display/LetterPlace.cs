using System.Globalization;

namespace Serverless.Local.Display;

/// <summary>Where a dead letter is from, in words.</summary>
internal static class LetterPlace
{
    /// <summary>Returns it.</summary>
    /// <param name="topic">The record's topic; null of a row.</param>
    /// <param name="partition">The record's partition; null of a row, or of an event that could not be sent.</param>
    /// <param name="offset">The record's offset, or the event's number.</param>
    /// <param name="row">The row's key; null of a record.</param>
    public static string Of(string? topic, long? partition, long? offset, string? row) => (topic, partition) switch
    {
        (null, _) => $"row {row}",
        (_, null) => string.Create(CultureInfo.InvariantCulture, $"{topic}, event {offset} that was fed"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{topic}, partition {partition}, offset {offset}"),
    };
}
