using System.Globalization;
using System.Text.RegularExpressions;
using Serverless.Connectors.Kafka;
using YamlDotNet.RepresentationModel;

namespace Serverless.Local.Tests;

/// <summary>The containers of <c>compose.yaml</c>, without containers: what they are told is told to this process and to the tests' servers.</summary>
public sealed partial class ComposeTests(PostgreSqlFixture postgreSql, MariaDbFixture mariaDb) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly YamlMappingNode _services = Map(Load().Children["services"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_jobs_make_their_tables_and_write_the_events_that_the_others_send()
    {
        var stop = TestContext.Current.CancellationToken;
        using var broker = new EmbeddedBroker();
        broker.CreateTopic("game_consume_log", Partitions);
        broker.CreateTopic("pv-uv", Partitions);
        var (hologres, hologresDatabase) = await postgreSql.DatabaseAsync(stop);
        var (rds, rdsDatabase) = await mariaDb.DatabaseAsync(stop);
        // What the containers name, and what stands for it here.
        var instead = new Dictionary<string, string>
        {
            [$"kafka:{Port("kafka", "INSIDE")}"] = broker.BootstrapServers,
            ["postgresql:5432"] = string.Create(CultureInfo.InvariantCulture, $"{TestServer.Host}:{hologres.Port}"),
            ["mariadb:3306"] = string.Create(CultureInfo.InvariantCulture, $"{TestServer.Host}:{rds.Port}"),
            ["HOLOGRES_USERNAME"] = PostgreSqlServer.Username, ["HOLOGRES_PASSWORD"] = PostgreSqlServer.Password, ["HOLOGRES_DATABASE"] = hologresDatabase,
            ["RDS_USERNAME"] = MariaDbServer.Username, ["RDS_PASSWORD"] = MariaDbServer.Password, ["RDS_DATABASE"] = rdsDatabase,
            ["/state"] = _folder["state"],
            ["0.0.0.0:5080"] = "127.0.0.1:0",
        };

        foreach (var sender in (string[])["recharges", "views"])
        {
            var sent = await Cli.RunAsync(Command(sender, instead), _ => null, "", stop);
            Assert.True(sent.ExitCode == 0, sent.Error);
        }
        var environment = Environment("jobs");
        var run = await Cli.RunAsync(
            [.. Command("jobs", instead), "--until-idle"],
            name => environment.TryGetValue(name, out var value) ? instead.GetValueOrDefault(name, instead.GetValueOrDefault(value, value)) : null, "", stop);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(Results.ArticleConsume, await hologres.QueryAsync(hologresDatabase, Results.Consume, stop));
        Assert.Equal(Results.ArticlePvUv, await rds.QueryAsync(rdsDatabase, Results.PvUv, stop));
    }

    [Fact]
    public void The_jobs_know_the_databases_as_the_servers_make_them()
    {
        var jobs = Environment("jobs");
        foreach (var (job, service, server) in ((string, string, string)[])[("HOLOGRES", "postgresql", "POSTGRES"), ("RDS", "mariadb", "MARIADB")])
        {
            var made = Environment(service);
            Assert.Equal((made[$"{server}_USER"], made[$"{server}_PASSWORD"]), (jobs[$"{job}_USERNAME"], jobs[$"{job}_PASSWORD"]));
            Assert.Equal(made.GetValueOrDefault($"{server}_DATABASE") ?? made[$"{server}_DB"], jobs[$"{job}_DATABASE"]);
        }
        Assert.True(Regex.Match(jobs["SERVERLESS_DASHBOARD_TOKEN"], ":-(.*)}").Groups[1].Length >= 16);
    }

    [Fact]
    public void What_the_containers_name_is_there()
    {
        foreach (var (name, service) in _services.Children.Select(s => (Text(s.Key), Map(s.Value))))
        {
            Assert.Matches(@"^serverless-sql$|^[\w/.-]+:\d+(\.\d+)*$", Text(service.Children["image"]));
            Assert.All(List(service, "ports"), p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
            Assert.All(List(service, "volumes").Where(v => v[0] == '.'), v => Assert.True(Path.Exists(Path.Combine(Repository.Root, v.Split(':')[0])), $"{name}: {v}"));
            if (service.Children.TryGetValue("depends_on", out var needs))
                Assert.All(Map(needs).Children.Keys, n => Assert.Contains(n, _services.Children.Keys));
        }
        var ignored = File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).ToHashSet();
        var dockerfile = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));
        var published = Published().Matches(dockerfile).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(2, published.Count);
        Assert.All(published, p => Assert.True(Directory.Exists(Path.Combine(Repository.Root, p)) && !ignored.Contains(p.Split('/')[0]), p));
        Assert.Contains($"EXPOSE {List(Map(_services.Children["jobs"]), "ports")[0].Split(':')[^1]}\n", dockerfile, StringComparison.Ordinal);
        // No image of "latest", and none of another .NET than the projects'.
        Assert.All(Image().Matches(dockerfile).Select(m => m.Groups[1].Value), i => Assert.Matches(@"^(build|mcr\.microsoft\.com/(dotnet/\w+:|azure-functions/dotnet-isolated:4-dotnet-isolated)10\.0|node:\d+-[\w-]+)$", i));
    }

    private int Partitions => int.Parse(Environment("kafka")["KAFKA_NUM_PARTITIONS"], CultureInfo.InvariantCulture);

    // Where clients are sent on to must be where the broker listens.
    private string Port(string service, string listener)
    {
        var environment = Environment(service);
        var advertised = Regex.Match(environment["KAFKA_ADVERTISED_LISTENERS"], $@"{listener}://{service}:(\d+)").Groups[1].Value;
        Assert.Contains($"{listener}://:{advertised}", environment["KAFKA_LISTENERS"], StringComparison.Ordinal);
        return advertised;
    }

    // A container's command as arguments here: folders of the repository where it has them mounted.
    private string[] Command(string service, Dictionary<string, string> instead)
    {
        var mounts = List(Map(_services.Children[service]), "volumes").Select(v => v.Split(':')).Where(v => v[0][0] == '.').ToList();
        return [.. List(Map(_services.Children[service]), "command").Select(a =>
            instead.GetValueOrDefault(a) ?? (mounts.Find(m => a.StartsWith(m[1], StringComparison.Ordinal)) is { } mount ? Path.Combine(Repository.Root, mount[0]) + a[mount[1].Length..] : a))];
    }

    private Dictionary<string, string> Environment(string service) =>
        Map(Map(_services.Children[service]).Children["environment"]).Children.ToDictionary(e => Text(e.Key), e => Text(e.Value));

    private static YamlMappingNode Load()
    {
        var yaml = new YamlStream();
        using var file = new StreamReader(Path.Combine(Repository.Root, "compose.yaml"));
        yaml.Load(file);
        return Map(yaml.Documents[0].RootNode);
    }

    private static YamlMappingNode Map(YamlNode node) => (YamlMappingNode)node;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static List<string> List(YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var items) ? [.. ((YamlSequenceNode)items).Select(Text)] : [];

    [GeneratedRegex(@"dotnet publish (\S+)")]
    private static partial Regex Published();

    [GeneratedRegex(@"^FROM (?:--platform=\S+ )?(\S+)", RegexOptions.Multiline)]
    private static partial Regex Image();
}
