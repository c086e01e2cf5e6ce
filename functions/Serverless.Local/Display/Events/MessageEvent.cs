using System.Text.Json.Serialization;

namespace Serverless.Local.Display.Events;

/// <summary>
/// <c>notice</c>, <c>warning</c> or <c>error</c>: a message. Of one about a place in a script, <c>file</c>, <c>line</c> and <c>column</c> tell where; beside
/// the message of a log call stand its values (<c>job</c>, <c>topic</c>, <c>partition</c>, <c>offset</c> and the like, as the message has them).
/// </summary>
/// <param name="Kind"><c>notice</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">The message; it holds no secret.</param>
internal sealed record MessageEvent([property: JsonIgnore] string Kind, string Message) : TerminalEvent(Kind)
{
    /// <summary>The script that it is about, as the command line names it; absent where it is about none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    /// <summary>The line in the script, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Line { get; init; }

    /// <summary>The column in the script, from 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Column { get; init; }

    /// <summary>The values of a log call and of its scopes: text, whole numbers, fractions, true and false, or null. None has a name that stands above.</summary>
    [JsonExtensionData]
    public Dictionary<string, object?>? Values { get; set; }
}
