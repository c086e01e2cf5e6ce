using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serverless.App.Http;

/// <summary>What the app answers, as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(JobReport[]))]
internal sealed partial class ReportJson : JsonSerializerContext;
