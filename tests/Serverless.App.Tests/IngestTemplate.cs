using System.Collections.Immutable;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Serverless.App.Triggers;

namespace Serverless.App.Tests;

/// <summary>
/// The functions that the build generates, and of the one that stands for all jobs what the build would generate with the Kafka extension: what the
/// jobs' functions are made of is data, and the same whether the extension is there or not.
/// </summary>
internal sealed class IngestTemplate : IFunctionMetadataProvider
{
    /// <summary>What the build generates with the Kafka extension.</summary>
    public static readonly JobFunction Expected = new(
        "", JobFunctions.Template, "dotnet-isolated", "Serverless.App.Triggers.IngestFunction.RunAsync", "Serverless.App.dll",
        [
            """{"name":"records","direction":"In","type":"kafkaTrigger","brokerList":"none","topic":"none","keyDataType":"Binary","cardinality":"Many","properties":{"supportsDeferredBinding":"True"}}""",
            """{"name":"client","direction":"In","type":"durableClient"}""",
        ]);

    public static async Task<IFunctionMetadata?> GeneratedAsync() => (await AllGeneratedAsync()).SingleOrDefault(f => f.Name == JobFunctions.Template);

    public async Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory)
    {
        var all = await AllGeneratedAsync();
        return all.Any(f => f.Name == JobFunctions.Template) ? all : all.Add(Expected);
    }

    public static Task<ImmutableArray<IFunctionMetadata>> AllGeneratedAsync() => new GeneratedFunctionMetadataProvider().GetFunctionMetadataAsync("");
}
