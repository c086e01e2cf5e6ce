using System.Text.Json.Serialization;
using Serverless.Durable;

namespace Serverless.App.Generations;

/// <summary>A generation as JSON.</summary>
[JsonSerializable(typeof(Generation))]
internal sealed partial class GenerationJson : JsonSerializerContext;
