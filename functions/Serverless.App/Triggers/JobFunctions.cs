using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Serverless.App.Jobs;

namespace Serverless.App.Triggers;

/// <summary>The functions of the app: those in its code, and in place of <c>IngestFunction</c> one per job, with the trigger that its script asks for.</summary>
/// <param name="generated">Knows those in the code.</param>
/// <param name="catalog">The jobs.</param>
internal sealed class JobFunctions(IFunctionMetadataProvider generated, JobCatalog catalog) : IFunctionMetadataProvider
{
    /// <summary>The name of the function in the code that stands for one per job.</summary>
    internal const string Template = "Ingest";

    // One batch: an instance that has less to do than this is enough.
    private const long DefaultLagThreshold = 10_000;

    /// <inheritdoc />
    /// <exception cref="StartupException">The app was built without its Kafka trigger.</exception>
    public async Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory)
    {
        var functions = await generated.GetFunctionMetadataAsync(directory);
        if (functions.All(f => f.Name != Template))
            throw new StartupException(["the app was built without the Kafka extension, so it can read no topic: build it with -p:KafkaExtension=true and a package source that has Microsoft.Azure.Functions.Worker.Extensions.Kafka"]);
        return [.. functions.SelectMany(f => f.Name == Template ? [.. catalog.All.Select(j => Of(f, j))] : (IFunctionMetadata[])[f])];
    }

    private static JobFunction Of(IFunctionMetadata template, AppJob job) => new(
        job.FunctionId, job.Function, template.Language, template.EntryPoint, template.ScriptFile, [.. template.RawBindings!.Select(b => Of(b, job))]);

    private static string Of(string binding, AppJob job)
    {
        var json = JsonNode.Parse(binding)!.AsObject();
        if ((string?)json["type"] != "kafkaTrigger")
            return binding;
        foreach (var (name, value) in job.Trigger.Properties)
            json[name] = value;
        json["consumerGroup"] = job.ConsumerGroup;
        json["lagThreshold"] = job.Trigger.LagThreshold ?? DefaultLagThreshold;
        return json.ToJsonString();
    }
}
