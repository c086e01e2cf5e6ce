using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Infra.Tests;

/// <summary>The limits of scale, beside the partitions that give instances work.</summary>
public sealed class ScaleTests
{
    private const int FlexMinimum = 40;

    [Fact]
    public void Flex_consumption_has_room_for_every_partition_of_every_job_and_no_more() => Assert.All(Infrastructure.Deployments.Where(d => !d.IsPremium), d =>
    {
        var (topics, hub, functions) = (Parameter(d, "partitions"), Parameter(d, "hubPartitions"), Functions(d));
        var limit = d.App["functionAppConfig", "scaleAndConcurrency", "maximumInstanceCount"]!.GetValue<int>();
        Assert.Equal(Math.Max(FlexMinimum, topics * functions.Length + hub + 1), limit);
    });

    [Fact]
    public void Elastic_premium_has_no_instance_without_a_partition() => Assert.All(Infrastructure.Deployments.Where(d => d.IsPremium), d =>
    {
        var useful = Math.Max(Parameter(d, "partitions"), Parameter(d, "hubPartitions"));
        var limit = d.App["siteConfig", "functionAppScaleLimit"]!.GetValue<int>();
        Assert.InRange(limit, d.App["siteConfig", "minimumElasticInstanceCount"]!.GetValue<int>(), useful);
        Assert.Equal(limit, d.Of("Microsoft.Web/serverfarms").Single()["maximumElasticWorkerCount"]!.GetValue<int>());
        Assert.Equal("true", d.App.Text("siteConfig", "functionsRuntimeScaleMonitoringEnabled"));
    });

    [Fact]
    public void A_lower_limit_is_kept() => Assert.Equal("10", Infrastructure.Of("premium").App.Text("siteConfig", "functionAppScaleLimit"));

    [Fact]
    public void Instances_that_are_always_there_are_so_for_entities_and_for_each_job()
    {
        Assert.Empty(Ready(Infrastructure.Of("main")));
        Assert.Equal(["durable", "function:ingest-pvuv", "function:ingest-recharge"], Ready(Infrastructure.Of("production")).Select(r => (string)r!["name"]!));
        Assert.All(Ready(Infrastructure.Of("production")), r => Assert.Equal(2, (int)r!["instanceCount"]!));
    }

    [Fact]
    public void The_kafka_functions_are_the_jobs() =>
        Assert.Equal(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "functions", "jobs"), "*.sql").Select(f => $"ingest-{Path.GetFileNameWithoutExtension(f)}").Order(),
            Functions(Infrastructure.Of("main")).Order());

    [Fact]
    public void The_task_hub_is_the_one_of_host_json()
    {
        var path = Path.Combine(Repository.Root, "host.json");
        Assert.SkipUnless(File.Exists(path), "there is no host.json");
        var hub = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!["extensions"]!["durableTask"]!;
        Assert.Equal((string?)hub["hubName"], Default("hubName").ToString());
        Assert.Equal(hub["storageProvider"]!["partitionCount"]!.GetValue<int>(), Default("hubPartitions").GetValue<int>());
        Assert.All(Infrastructure.Deployments.SelectMany(d => d.Of("Microsoft.DurableTask/schedulers/taskHubs")), h => Assert.EndsWith($"/{hub["hubName"]}", h.Id, StringComparison.Ordinal));
    }

    private static JsonArray Ready(Deployment deployment) => deployment.App["functionAppConfig", "scaleAndConcurrency", "alwaysReady"]!.AsArray();

    private static string[] Functions(Deployment deployment) =>
        [.. (deployment.Parameters["kafkaFunctions"]?["value"] ?? Default("kafkaFunctions")).AsArray().Select(f => (string)f!)];

    private static int Parameter(Deployment deployment, string name) => (deployment.Parameters[name]?["value"] ?? Default(name)).GetValue<int>();

    private static JsonNode Default(string name) => Infrastructure.Template["parameters"]![name]!["defaultValue"]!;
}
