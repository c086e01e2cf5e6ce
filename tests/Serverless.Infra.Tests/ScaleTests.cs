using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Infra.Tests;

/// <summary>The limits of scale, beside the partitions that give instances work.</summary>
public sealed class ScaleTests
{
    [Fact]
    public void Flex_consumption_has_room_for_every_partition_in_each_group_of_functions_and_no_more() =>
        Assert.All(Infrastructure.Deployments.Where(d => !d.IsPremium && d.Parameters["maximumInstances"] is null), d =>
            Assert.Equal(Math.Max(Parameter(d, "partitions"), Parameter(d, "hubPartitions")), Limit(d)));

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
    public void A_lower_limit_is_kept()
    {
        Assert.Equal("10", Infrastructure.Of("premium").App.Text("siteConfig", "functionAppScaleLimit"));
        Assert.Equal(5, Limit(Infrastructure.Of("databases")));
        Assert.Equal(1, (int)Infrastructure.Template["parameters"]!["maximumInstances"]!["minValue"]!);
    }

    [Fact]
    public void Zones_get_an_instance_each_as_far_as_the_plans_ask_for_it()
    {
        Assert.Equal("3", Infrastructure.Of("closed").App.Text("siteConfig", "minimumElasticInstanceCount"));
        Assert.Equal(0, Parameter(Infrastructure.Of("databases"), "minimumInstances"));
        Assert.All(Ready(Infrastructure.Of("databases")), r => Assert.Equal(2, (int)r!["instanceCount"]!));
        Assert.Equal(3, Ready(Infrastructure.Of("databases")).Count);
    }

    [Fact]
    public void In_production_every_kafka_function_has_an_instance_that_is_always_there()
    {
        var ready = Ready(Infrastructure.Of("production")).Where(r => (int)r!["instanceCount"]! >= 1).Select(r => (string)r!["name"]!).ToList();
        Assert.All(Functions(Infrastructure.Of("production")), f => Assert.Contains($"function:{f}", ready));
    }

    [Fact]
    public void No_instance_is_offered_that_the_app_does_not_fit_into() =>
        Assert.Equal([2048, 4096], Infrastructure.Template["parameters"]!["instanceMemoryMB"]!["allowedValues"]!.AsArray().Select(v => (int)v!).Order());

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

    private static int Limit(Deployment deployment) => deployment.App["functionAppConfig", "scaleAndConcurrency", "maximumInstanceCount"]!.GetValue<int>();

    private static JsonArray Ready(Deployment deployment) => deployment.App["functionAppConfig", "scaleAndConcurrency", "alwaysReady"]!.AsArray();

    private static string[] Functions(Deployment deployment) =>
        [.. (deployment.Parameters["kafkaFunctions"]?["value"] ?? Default("kafkaFunctions")).AsArray().Select(f => (string)f!)];

    private static int Parameter(Deployment deployment, string name) => (deployment.Parameters[name]?["value"] ?? Default(name)).GetValue<int>();

    private static JsonNode Default(string name) => Infrastructure.Template["parameters"]![name]!["defaultValue"]!;
}
