using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Serverless.App.Jobs;

namespace Serverless.App.Triggers;

/// <summary>The functions of the app: those in its code, and in place of <c>IngestFunction</c> one for each source of a job, with the trigger that its script asks for.</summary>
/// <param name="generated">Knows those in the code.</param>
/// <param name="catalog">The jobs.</param>
internal sealed class JobFunctions(IFunctionMetadataProvider generated, JobCatalog catalog) : IFunctionMetadataProvider
{
    /// <summary>The name of the function in the code that stands for one for each source of a job.</summary>
    internal const string Template = "Ingest";

    // For entities the host takes any failed invocation for the operations' result, that of a worker that died too: what it had in hand would be gone.
    // With this it repeats the batch.
    private static readonly DefaultRetryOptions EntityRetry = new() { MaxRetryCount = 100, DelayInterval = TimeSpan.FromSeconds(2) };

    // One batch: an instance that has less to do than this is enough.
    private const long DefaultLagThreshold = 10_000;

    /// <inheritdoc />
    /// <exception cref="StartupException">The app was built without its Kafka trigger.</exception>
    public async Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory)
    {
        var functions = await generated.GetFunctionMetadataAsync(directory);
        if (functions.All(f => f.Name != Template))
            throw new StartupException(["the app was built without the Kafka extension, so it can read no topic: build it with -p:KafkaExtension=true and a package source that has Microsoft.Azure.Functions.Worker.Extensions.Kafka"]);
        return [.. functions.SelectMany(f => f.Name == Template ? [.. catalog.All.SelectMany(j => j.Sources.Select(s => Of(f, j, s)))] : (IFunctionMetadata[])[IsEntity(f) ? Retried(f) : f])];
    }

    private static bool IsEntity(IFunctionMetadata function) => function.RawBindings?.Any(b => (string?)JsonNode.Parse(b)!["type"] == "entityTrigger") is true;

    private static JobFunction Retried(IFunctionMetadata function) =>
        new(function.FunctionId, function.Name, function.Language, function.EntryPoint, function.ScriptFile, function.RawBindings) { Retry = EntityRetry };

    // The host itself repeats a batch of records that failed.
    private static JobFunction Of(IFunctionMetadata template, AppJob job, AppSource source) => new(
        job.FunctionIdOf(source), source.Function, template.Language, template.EntryPoint, template.ScriptFile, [.. template.RawBindings!.Select(b => Of(b, source))]);

    private static string Of(string binding, AppSource source)
    {
        var json = JsonNode.Parse(binding)!.AsObject();
        if ((string?)json["type"] != "kafkaTrigger")
            return binding;
        foreach (var (name, value) in source.Trigger.Properties)
            json[name] = value;
        json["consumerGroup"] = source.ConsumerGroup;
        json["lagThreshold"] = source.Trigger.LagThreshold ?? DefaultLagThreshold;
        return json.ToJsonString();
    }
}
