using Serverless.App.Http;
using Serverless.Connectors;
using Serverless.Dashboard;

namespace Serverless.App.Tests;

public sealed class SinkProbeTests
{
    private readonly TestApp _app = new();
    private readonly SinkProbe _probe;

    public SinkProbeTests() => _probe = new SinkProbe(_app.Clock);

    [Fact]
    public async Task A_sink_that_is_away_says_why_and_since_when_only_if_it_was_seen_to_go()
    {
        _app.Sink.OpenFailure = new SinkUnavailableException("table 'o': nobody answers");
        Assert.Equal(new SinkStatus(false, "table 'o': nobody answers"), await LookAsync());
        _app.Sink.OpenFailure = null;
        Assert.Equal(new SinkStatus(true), await LookAsync());
        _app.Sink.OpenFailure = new ConnectorException("table 'o' is gone");
        var gone = await LookAsync();
        Assert.Equal(new SinkStatus(false, "table 'o' is gone", _app.Clock.Now), gone);
        Assert.Equal(gone, await LookAsync());
    }

    [Fact]
    public async Task Between_two_looks_that_lie_far_apart_nobody_knows_when_it_went()
    {
        await LookAsync();
        _app.Sink.OpenFailure = new SinkUnavailableException("away");
        _app.Clock.Now += TimeSpan.FromHours(1);
        Assert.Null((await LookAsync()).Since);
    }

    [Fact]
    public async Task What_a_client_library_says_by_accident_is_shown_to_nobody()
    {
        _app.Sink.OpenFailure = new InvalidOperationException("Password=s3cret");
        Assert.Equal("it cannot be used: InvalidOperationException", (await LookAsync()).Message);
    }

    // The one before is no longer good.
    private Task<SinkStatus> LookAsync()
    {
        _app.Clock.Now += TimeSpan.FromSeconds(10);
        return _probe.GetStatusAsync(_app.Job, TestContext.Current.CancellationToken);
    }
}
