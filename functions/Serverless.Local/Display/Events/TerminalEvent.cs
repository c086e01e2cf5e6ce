using System.Text.Json.Serialization;

namespace Serverless.Local.Display.Events;

/// <summary>
/// Something to say of what is going on, for machines: with <c>--json</c> each line of the error output is one of these, an object whose first
/// properties are <c>time</c> and <c>event</c>. Names once given stay; more may come.
/// </summary>
/// <param name="Event">What it is: <c>notice</c>, <c>warning</c>, <c>error</c>, <c>broker</c>, <c>dashboard</c>, <c>progress</c>, <c>summary</c> or <c>results</c>.</param>
internal abstract record TerminalEvent([property: JsonPropertyOrder(-1)] string Event)
{
    /// <summary>When it was said, in UTC.</summary>
    [JsonPropertyOrder(-2)]
    public DateTime Time { get; init; } = DateTime.UtcNow;
}
