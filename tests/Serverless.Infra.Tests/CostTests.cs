using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.Infra.Tests;

/// <summary>The costs in <c>infra/README.md</c>, computed again from the inputs that it states.</summary>
public sealed partial class CostTests
{
    private static readonly string[] Lines = Section();

    private static readonly Dictionary<string, decimal> Inputs = Lines.Select(l => Input().Match(l)).Where(m => m.Success).ToDictionary(m => m.Groups[1].Value, m => Number(m.Groups[2].Value));

    [Fact]
    public void Every_line_is_what_its_inputs_come_to()
    {
        var costs = Lines.Select(l => Cost().Match(l)).Where(m => m.Success).ToList();
        Assert.True(costs.Count > 20);
        Assert.All(costs, c => Assert.Equal(Number(c.Groups[3].Value), Math.Round(new Formula(c.Groups[2].Value, Inputs).Value(), 2)));
    }

    [Fact]
    public void Every_sum_is_that_of_the_lines_above_it()
    {
        var (sums, sum) = (0, 0m);
        foreach (var line in Lines)
        {
            if (Cost().Match(line) is { Success: true } cost)
                sum += Number(cost.Groups[3].Value);
            else if (Sum().Match(line) is { Success: true } total)
            {
                Assert.Equal(sum, Number(total.Groups[1].Value));
                sums++;
            }
            else
                sum = 0;
        }
        Assert.Equal(3, sums);
    }

    [Fact]
    public void What_is_assumed_of_the_deployment_is_so()
    {
        var hub = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "host.json")), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!["extensions"]!["durableTask"]!["storageProvider"]!;
        Assert.Equal(Inputs["partitions"], (int)hub["partitionCount"]!);
        Assert.Equal("00:00:01", (string?)hub["maxQueuePollingInterval"]);
        Assert.Equal(Inputs["jobs"], Directory.GetFiles(Path.Combine(Repository.Root, "functions", "jobs"), "*.sql").Length);
        var (development, production) = (Infrastructure.Of("main"), Infrastructure.Of("production"));
        var scale = production.App["functionAppConfig", "scaleAndConcurrency"]!;
        Assert.Equal(Inputs["GB"] * 1024, (int)scale["instanceMemoryMB"]!);
        Assert.Equal(1 + Inputs["jobs"], scale["alwaysReady"]!.AsArray().Count);
        Assert.All(scale["alwaysReady"]!.AsArray(), r => Assert.Equal(Inputs["ready"], (int)r!["instanceCount"]!));
        Assert.Empty(development.App["functionAppConfig", "scaleAndConcurrency", "alwaysReady"]!.AsArray());
        Assert.Equal("Standard_ZRS", (string?)production.Of("Microsoft.Storage/storageAccounts").Single().Json["sku"]!["name"]);
        Assert.Equal("Standard_LRS", (string?)development.Of("Microsoft.Storage/storageAccounts").Single().Json["sku"]!["name"]);
        Assert.Equal(("900", "300"), (Frequency(development), Frequency(production)));
        Assert.Equal((4, 2), Alerts(development));
        Assert.Equal((5, 2), Alerts(production));
        Assert.Equal(4, production.Of("Microsoft.Network/privateEndpoints").Count());

        static string? Frequency(Deployment d) => d.Of("Microsoft.Insights/webtests").Single().Text("Frequency");
        static (int, int) Alerts(Deployment d) => (d.Of("Microsoft.Insights/scheduledQueryRules").Count(), d.Of("Microsoft.Insights/metricAlerts").Count());
    }

    private static string[] Section()
    {
        var text = File.ReadAllText(Path.Combine(Infrastructure.Folder, "README.md"));
        var from = text.IndexOf("\n## What it costs", StringComparison.Ordinal);
        return text[from..text.IndexOf("\n## ", from + 1, StringComparison.Ordinal)].Split('\n');
    }

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `(\w+)` \|[^|]*\| ([\d.,]+) \|$")]
    private static partial Regex Input();

    [GeneratedRegex(@"^\| ([^|`*]+) \| `([^`]+)` \| ([\d.,]+) \|$")]
    private static partial Regex Cost();

    [GeneratedRegex(@"^\| \*\*[^|]+\*\* \| \| \*\*([\d.,]+)\*\* \|$")]
    private static partial Regex Sum();

    /// <summary>A formula of numbers, inputs, + − × ÷ and brackets.</summary>
    private sealed partial class Formula(string text, IReadOnlyDictionary<string, decimal> inputs)
    {
        private readonly Queue<string> _tokens = new(Token().Matches(text).Select(m => m.Value));

        public decimal Value()
        {
            var value = Term();
            while (_tokens.TryPeek(out var token) && token is "+" or "−")
                value = _tokens.Dequeue() == "+" ? value + Term() : value - Term();
            return value;
        }

        private decimal Term()
        {
            var value = Factor();
            while (_tokens.TryPeek(out var token) && token is "×" or "÷")
                value = _tokens.Dequeue() == "×" ? value * Factor() : value / Factor();
            return value;
        }

        private decimal Factor()
        {
            var token = _tokens.Dequeue();
            if (token != "(")
                return char.IsAsciiDigit(token[0]) ? Number(token) : inputs[token];
            var value = Value();
            Assert.Equal(")", _tokens.Dequeue());
            return value;
        }

        [GeneratedRegex(@"[A-Za-z]+|[\d.,]+|\S")]
        private static partial Regex Token();
    }
}
