using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Serverless.App.Jobs;

namespace Serverless.App.Triggers;

/// <summary>The functions of the app: those in its code, and in place of <see cref="IngestFunction"/> one per job, with the trigger that its script asks for.</summary>
/// <param name="generated">Knows those in the code.</param>
/// <param name="catalog">The jobs.</param>
internal sealed class JobFunctions(IFunctionMetadataProvider generated, JobCatalog catalog) : IFunctionMetadataProvider
{
    // One batch: an instance that has less to do than this is enough.
    private const long DefaultLagThreshold = 10_000;

    /// <inheritdoc />
    public async Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory) =>
        [.. (await generated.GetFunctionMetadataAsync(directory)).SelectMany(f => f.Name == IngestFunction.Name ? [.. catalog.All.Select(j => Of(f, j))] : (IFunctionMetadata[])[f])];

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
