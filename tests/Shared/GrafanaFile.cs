using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Serverless.Testing;

/// <summary>Grafana's dashboard in <c>infra</c>: the metrics that it asks Prometheus for.</summary>
internal static partial class GrafanaFile
{
    private const string DurableRow = "Durable entities";

    /// <summary>The names that the panels ask for.</summary>
    /// <param name="ofEntities">Those of the row of the Functions app alone, or the others.</param>
    public static IReadOnlySet<string> Names(bool ofEntities)
    {
        var row = "";
        var names = new HashSet<string>();
        foreach (var panel in Dashboard()["panels"]!.AsArray())
        {
            if ((string?)panel!["type"] == "row")
                row = (string)panel["title"]!;
            else if (row == DurableRow == ofEntities)
                names.UnionWith(panel["targets"]!.AsArray().SelectMany(t => NameIn().Matches((string)t!["expr"]!).Select(m => m.Value)));
        }
        return names;
    }

    /// <summary>The dashboard.</summary>
    public static JsonNode Dashboard() => JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "infra", "grafana", "serverless.json")))!;

    /// <summary>
    /// What OpenTelemetry's Prometheus exporter makes of an instrument: other characters than letters, digits and underscores become underscores, a unit
    /// that is no annotation goes behind the name, and a counter's ends with <c>_total</c>.
    /// </summary>
    public static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            ['{', ..] => "",
            var other => throw new InvalidOperationException($"what is the unit '{other}' in Prometheus?"),
        };
        var name = OtherCharacters().Replace(instrument.Name, "_") + unit;
        return instrument switch
        {
            Counter<long> => $"{name}_total",
            Histogram<double> => $"{name}_bucket",
            ObservableGauge<long> => name,
            _ => throw new InvalidOperationException($"what is a {instrument.GetType().Name} in Prometheus?"),
        };
    }

    [GeneratedRegex("serverless_[a-z_]+")]
    private static partial Regex NameIn();

    [GeneratedRegex("[^a-zA-Z0-9_]+")]
    private static partial Regex OtherCharacters();
}
