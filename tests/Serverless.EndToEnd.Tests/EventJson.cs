using System.Text.Json.Serialization;

namespace Serverless.EndToEnd.Tests;

/// <summary>A recharge event, as far as the job reads it.</summary>
internal sealed record Recharge(string Appkey, string Servertime, decimal Consumenum, string Roleid, string Serverid);

/// <summary>A track event, as far as the job reads it.</summary>
internal sealed record Track(
    [property: JsonPropertyName("client_ip")] string ClientIp, [property: JsonPropertyName("p_dt")] string PDt, [property: JsonPropertyName("c_time")] string CTime);

/// <summary>Reads the events.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Recharge))]
[JsonSerializable(typeof(Track))]
internal sealed partial class EventJson : JsonSerializerContext;
