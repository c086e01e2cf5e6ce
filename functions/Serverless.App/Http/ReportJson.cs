using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.App.Http;

/// <summary>What the app answers, as JSON.</summary>
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(JobReport[]))]
[JsonSerializable(typeof(RewriteReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>As a reader expects it, quotes as quotes: it is nobody's HTML.</summary>
    public static ReportJson Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
