using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Local.Display.Events;
using Serverless.Local.Display.Results;

namespace Serverless.Local.Display;

/// <summary>How what is said with <c>--json</c> is written.</summary>
[JsonSerializable(typeof(MessageEvent))]
[JsonSerializable(typeof(BrokerEvent))]
[JsonSerializable(typeof(DashboardEvent))]
[JsonSerializable(typeof(ResultsEvent))]
[JsonSerializable(typeof(ProgressEvent))]
[JsonSerializable(typeof(SummaryEvent))]
[JsonSerializable(typeof(RowResult))]
[JsonSerializable(typeof(PrintedResult))]
[JsonSerializable(typeof(DiagnosticResult))]
[JsonSerializable(typeof(CountsResult))]
[JsonSerializable(typeof(PlanResult))]
[JsonSerializable(typeof(TableTextResult))]
[JsonSerializable(typeof(SentResult))]
[JsonSerializable(typeof(AddressResult))]
[JsonSerializable(typeof(PemResult))]
[JsonSerializable(typeof(DeadLetterResult))]
[JsonSerializable(typeof(SettingResult))]
[JsonSerializable(typeof(ScriptResult))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
internal sealed partial class TerminalJson : JsonSerializerContext
{
    // Readers of lines are no web pages: quotes and other scripts than Latin stay readable.
    private static readonly TerminalJson Readable = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes an event or a result as one line; what is written out of it for a terminal is written as JSON has it.</summary>
    public static string Line(object value) => ControlCharacters.Escape(JsonSerializer.Serialize(value, value.GetType(), Readable));
}
