using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Serverless.Connectors.Telemetry;
using Serverless.Local;
using Serverless.Local.Web;

namespace Serverless.Dashboard.Tests;

/// <summary>The dashboard as it is served on one machine, over a real connection.</summary>
public sealed class DashboardServerTests : IAsyncDisposable
{
    private const string Secret = "a-secret-of-24-characters";

    private readonly FakeReader _days = new();
    private readonly FakeWatch _watch = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly List<DashboardServer> _servers = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _client.Dispose();
    }

    [Fact]
    public async Task Page_and_JSON_are_served_with_headers_that_let_nothing_else_in()
    {
        await StartAsync();

        var (page, script, jobs, missing) = (await GetAsync("/"), await GetAsync("/assets/index-abc.js", r => r.Headers.AcceptEncoding.ParseAdd("br")), await GetAsync("/api/jobs"), await GetAsync("/no"));

        Assert.Equal(("<!doctype html><title>page</title>\n", "text/html"), (await TextOf(page), page.Content.Headers.ContentType?.MediaType));
        Assert.Equal(("in brotli\n", "br"), (await TextOf(script), script.Content.Headers.ContentEncoding.Single()));
        Assert.Contains("\"name\":\"shop.days\"", await TextOf(jobs), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.All([page, script, jobs, missing], a => Assert.StartsWith("default-src 'none'; script-src 'self'; ", a.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal));
        Assert.All([page, script, jobs, missing], a => Assert.Equal(("nosniff", "no-referrer"), (a.Headers.GetValues("X-Content-Type-Options").Single(), a.Headers.GetValues("Referrer-Policy").Single())));
        Assert.Equal(("no-store", "no-cache"), (jobs.Headers.CacheControl?.ToString(), page.Headers.CacheControl?.ToString()));
        Assert.False(page.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Silent_connections_keep_nobody_out()
    {
        var server = await StartAsync();
        var address = new Uri(server.Url);
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < 256; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                silent.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, address.Port, Token);
            }
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
            patience.CancelAfter(TimeSpan.FromSeconds(5));

            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(new Uri(address, "/api/jobs"), patience.Token)).StatusCode);
            // And the silent ones are let go of.
            Assert.Equal(0, await silent[0].ReceiveAsync(new byte[1], Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token));
        }
        finally
        {
            silent.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task A_tables_name_is_taken_as_it_was_sent()
    {
        await StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/api/tables/d%61ys/rows?limit=3&filter.app=a%26b")).StatusCode);
        Assert.Equal("""{"error":"no job writes a table 'x/rows'; there are days, minutes, printed"}""" + "\n", await TextOf(await GetAsync("/api/tables/x%2Frows/rows")));
        Assert.Equal((0, "a&b"), Assert.Single(_days.Asked).Filters.Single());
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:1234", HttpStatusCode.OK)]
    [InlineData("[::1]:5080", HttpStatusCode.OK)]
    [InlineData("rebound.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost.example:5080", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    public async Task Without_a_token_only_this_machines_names_are_answered(string host, HttpStatusCode expected)
    {
        await StartAsync();

        foreach (var path in new[] { "/", "/api/status", "/metrics", "/api/tables/days/rows" })
            Assert.Equal(expected, (await GetAsync(path, r => r.Headers.Host = host)).StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a-secret-of-24-character", HttpStatusCode.Unauthorized)]
    [InlineData("Basic " + Secret, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer " + Secret, HttpStatusCode.OK)]
    [InlineData("bearer  " + Secret, HttpStatusCode.OK)]
    public async Task With_a_token_data_is_for_who_has_it_and_the_pages_files_for_all(string? authorization, HttpStatusCode expected)
    {
        await StartAsync(Secret);

        foreach (var path in new[] { "/api/jobs", "/api/status", "/API/status", "/api/tables/days/rows", "/metrics", "/METRICS", "/metrics/" })
        {
            var answer = await GetAsync(path, With);
            Assert.Equal(path.Contains("API", StringComparison.Ordinal) && expected == HttpStatusCode.OK ? HttpStatusCode.NotFound : expected, answer.StatusCode);
            Assert.DoesNotContain(Secret, await TextOf(answer), StringComparison.Ordinal);
        }
        if (expected == HttpStatusCode.Unauthorized)
            Assert.Equal("Bearer", (await GetAsync("/api/events", With)).Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/assets/index-def.css", r => { With(r); r.Headers.Host = "dashboard.example"; })).StatusCode);

        void With(HttpRequestMessage request)
        {
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Nothing_but_GET_is_answered(string method)
    {
        await StartAsync();

        var answer = await GetAsync("/api/jobs", r => r.Method = new HttpMethod(method));

        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET"), (answer.StatusCode, answer.Content.Headers.Allow.Single()));
    }

    [Fact]
    public async Task Events_arrive_when_a_table_is_written_and_end_at_once_with_the_server()
    {
        var server = await StartAsync();
        using var answer = await _client.GetAsync(new Uri(server.Url + "/api/events"), HttpCompletionOption.ResponseHeadersRead, Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));

        var first = await EventAsync(lines);
        _watch.Wrote(("shop.days", 7));
        var second = await EventAsync(lines);
        var ending = lines.ReadToEndAsync(Token);
        _servers.Remove(server);
        var began = TimeProvider.System.GetTimestamp();
        await server.DisposeAsync();

        Assert.EndsWith("\"tables\":{\"days\":0,\"minutes\":0,\"printed\":0}}", first, StringComparison.Ordinal);
        Assert.EndsWith("\"tables\":{\"days\":7,\"minutes\":0,\"printed\":0}}", second, StringComparison.Ordinal);
        Assert.Equal("", (await ending).Trim());
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
        Assert.True(_days.IsDisposed);
    }

    [Fact]
    public async Task Metrics_are_those_of_the_jobs_for_Prometheus()
    {
        await StartAsync();
        using var meters = new Meter(JobMetrics.Name);
        using var others = new Meter("other");
        meters.CreateCounter<long>("serverless.records").Add(5, new KeyValuePair<string, object?>("job", "shop.days"));
        others.CreateCounter<long>("other.records").Add(5);

        var text = await TextOf(await GetAsync("/metrics"));

        Assert.Contains("serverless_records_total{", text, StringComparison.Ordinal);
        Assert.Contains("job=\"shop.days\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("other", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_listens_on_IPv6_where_asked_to()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "there is no IPv6 here");
        var server = await StartAsync(address: new ListenAddress(IPAddress.IPv6Loopback, 0));

        Assert.StartsWith("http://[::1]:", server.Url, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/api/status")).StatusCode);
    }

    [Fact]
    public async Task Where_the_port_is_taken_another_one_is_found_or_that_is_said()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = new ListenAddress(IPAddress.Loopback, ((IPEndPoint)taken.LocalEndpoint).Port);

        var error = await Assert.ThrowsAsync<CommandException>(() => StartAsync(address: address));
        var server = await StartAsync(address: address, mayMove: true);

        Assert.Equal($"cannot serve the dashboard at {address}: Address already in use; choose another address with --listen, or --no-dashboard", error.Message, ignoreCase: true);
        Assert.NotEqual($"http://{address}", server.Url);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/api/status")).StatusCode);
    }

    [Fact]
    public async Task A_run_serves_its_tables_whatever_the_environment_says_and_ends_well_while_a_page_listens()
    {
        using var folder = new TempFolder();
        using var process = new CliProcess(
            [
                "run", Repository.Job("recharge.sql"), Repository.Job("pvuv.sql"), "--embedded", "--state", folder["state"], "--listen", "127.0.0.1:0",
                "--feed", $"game_consume_log={Repository.DemoFile("game_consume_log.jsonl")}", "--feed", $"pv-uv={Repository.DemoFile("pv-uv.jsonl")}",
            ],
            new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = "http://127.0.0.1:1", ["DOTNET_URLS"] = "http://127.0.0.1:1", ["URLS"] = "http://127.0.0.1:1", [DashboardOptions.Token] = null });
        var line = await process.WaitForLineAsync(l => l.StartsWith("The dashboard", StringComparison.Ordinal));
        var url = "http://" + line[(line.IndexOf("http://", StringComparison.Ordinal) + 7)..].Split('/')[0];
        using var events = new StreamReader(await _client.GetStreamAsync(new Uri(url + "/api/events"), Token));
        string status;
        do
            status = await EventAsync(events);
        while (!Regex.IsMatch(status, """.*"tables":\{"consume":[1-9]\d*,"result_cps_total_summary_pvuv_min":[1-9]\d*\}\}$"""));

        var rows = await _client.GetStringAsync(new Uri(url + "/api/tables/consume/rows?order=-amount&limit=1"), Token);
        var metrics = await _client.GetStringAsync(new Uri(url + "/metrics"), Token);

        Assert.StartsWith("""{"columns":["appkey","serverid","servertime","roleid","amount","dt"],"rows":[["appkey""", rows, StringComparison.Ordinal);
        Assert.Matches("""(?m)^serverless_records_total\{[^}]*job="recharge"[^}]*\} [1-9]""", metrics);
        await process.EndInOrderAsync();
    }

    private async Task<DashboardServer> StartAsync(string? token = null, ListenAddress? address = null, bool mayMove = false)
    {
        var api = new DashboardApi(
            Scripts.Compile(Scripts.Sales), t => t.Name == "printed" ? null : _days, _watch, new DashboardHost("local", IsLive: true), TimeProvider.System);
        var choice = new DashboardChoice(address ?? new ListenAddress(IPAddress.Loopback, 0), mayMove, token);
        var server = await DashboardServer.StartAsync(choice, api, new DashboardPage(typeof(DashboardServerTests).Assembly), Token);
        _servers.Add(server);
        return server;
    }

    private async Task<HttpResponseMessage> GetAsync(string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_servers[^1].Url + path));
        change?.Invoke(request);
        return await _client.SendAsync(request, Token);
    }

    private static Task<string> TextOf(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(Token);

    // The data of the next event.
    private static async Task<string> EventAsync(StreamReader lines)
    {
        while (true)
            if (await lines.ReadLineAsync(Token) is ['d', 'a', 't', 'a', ':', ' ', .. var data])
                return data;
    }
}
