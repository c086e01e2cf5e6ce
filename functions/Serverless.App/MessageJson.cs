using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serverless.Durable;

namespace Serverless.App;

/// <summary>How states and messages become JSON in the worker.</summary>
internal static class MessageJson
{
    /// <summary>Has ours written by generated code, and what others hand to the worker as before.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.TypeInfoResolverChain.Insert(0, DurableJson.Default);
        if (!options.TypeInfoResolverChain.OfType<DefaultJsonTypeInfoResolver>().Any())
            options.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
    }
}
