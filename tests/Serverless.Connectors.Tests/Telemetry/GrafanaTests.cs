using System.Text.Json.Nodes;
using Serverless.Connectors.Telemetry;

namespace Serverless.Connectors.Tests.Telemetry;

public sealed class GrafanaTests
{
    [Fact]
    public void The_dashboard_shows_every_instrument_and_no_other_metric()
    {
        using var measurements = new Measurements();
        _ = new JobMetrics(measurements);
        Assert.Equal(measurements.Instruments.Select(GrafanaFile.NameOf).Order(StringComparer.Ordinal), GrafanaFile.Names(ofEntities: false).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_panel_asks_the_chosen_data_source_for_the_chosen_jobs()
    {
        var dashboard = GrafanaFile.Dashboard();
        Assert.Equal(["datasource", "job"], dashboard["templating"]!["list"]!.AsArray().Select(v => (string)v!["name"]!));
        var panels = dashboard["panels"]!.AsArray();
        Assert.Distinct(panels.Select(p => (int)p!["id"]!));
        Assert.All(panels.Where(p => (string?)p!["type"] != "row"), panel =>
        {
            Assert.Equal("${datasource}", (string?)panel!["datasource"]!["uid"]);
            Assert.All(panel["targets"]!.AsArray(), (JsonNode? target) =>
            {
                Assert.Equal("${datasource}", (string?)target!["datasource"]!["uid"]);
                Assert.Contains("job=~\"$job\"", (string)target["expr"]!, StringComparison.Ordinal);
            });
        });
    }
}
