using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Elasticsearch;

public sealed class ElasticsearchSinkTests : IDisposable
{
    private const string Secret = "kept-to-itself";

    private static readonly TableColumn[] Columns = [new("k", SqlType.String, false), new("n", SqlType.BigInt, false), new("t", SqlType.Timestamp(3), false)];
    private static readonly DateTime Noon = new(2024, 3, 5, 12, 0, 0);

    private readonly ElasticsearchServer _server = new();
    private int _events = 1;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Rows_are_documents_with_their_keys_as_ids()
    {
        await using var sink = await OpenAsync();
        Assert.Empty(await sink.WriteAsync([Row("a", 1), Row("b", 2)], Stop));
        Assert.Empty(await sink.WriteAsync([Row("a", 3), Gone("b"), Gone("never")], Stop));
        Assert.Equal(["i/a {\"k\":\"a\",\"n\":3,\"t\":\"2024-03-05 12:00:00.000\"}"], _server.Documents);
    }

    [Fact]
    public async Task A_late_row_never_wins()
    {
        await using var sink = await OpenAsync();
        var (older, newer, gone) = (Row("a", 1), Row("a", 2), Gone("b"));
        await sink.WriteAsync([newer, gone], Stop);
        Assert.Empty(await sink.WriteAsync([older, Row("b", 1) with { Version = older.Version }], Stop));
        Assert.Equal(["i/a {\"k\":\"a\",\"n\":2,\"t\":\"2024-03-05 12:00:00.000\"}"], _server.Documents);
    }

    [Fact]
    public async Task What_a_lost_connection_may_have_written_is_written_again()
    {
        await using var sink = await OpenAsync();
        RowChange[] rows = [Row("a", 1), Row("b", 2)];
        _server.LosesAnswers = 1;
        await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync(rows, Stop));
        Assert.Empty(await sink.WriteAsync(rows, Stop));
        Assert.Equal(2, _server.Documents.Count);
    }

    [Fact]
    public async Task A_document_that_does_not_fit_the_index_is_refused_and_the_others_stay()
    {
        _server.Unmapped = "many";
        await using var sink = await OpenAsync();
        var refused = await sink.WriteAsync([Row("a", 1), Row("many", 2), Row("c", 3)], Stop);
        Assert.Equal(("many", "mapper_parsing_exception: failed to parse field [n] of type [long]: For input string: \"many\""), (refused.Single().Change.Key, refused.Single().Reason));
        Assert.Equal(2, _server.Documents.Count);
    }

    [Fact]
    public async Task A_row_that_is_rejected_for_now_is_written_again()
    {
        _server.Rejected.Add("b");
        await using var sink = await OpenAsync();
        RowChange[] rows = [Row("a", 1), Row("b", 2)];
        var told = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync(rows, Stop));
        Assert.Contains("es_rejected_execution_exception: rejected execution of coordinating operation", told.Message, StringComparison.Ordinal);
        _server.Rejected.Clear();
        Assert.Empty(await sink.WriteAsync(rows, Stop));
        Assert.Equal(2, _server.Documents.Count);
    }

    [Fact]
    public async Task A_cluster_that_is_busy_is_asked_again_later()
    {
        await using var sink = await OpenAsync();
        _server.Busy = 1;
        Assert.Contains("it answers 429", (await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync([Row("a", 1)], Stop))).Message, StringComparison.Ordinal);
        Assert.Empty(await sink.WriteAsync([Row("a", 1)], Stop));
    }

    [Fact]
    public async Task Another_node_is_asked_if_one_is_away()
    {
        await using var sink = await OpenAsync($"hosts = http://127.0.0.1:1;{_server.Url}");
        Assert.Empty(await sink.WriteAsync([Row("a", 1)], Stop));
        Assert.Single(_server.Documents);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_halved_down_to_the_row_that_is()
    {
        _server.MaxContentLength = 1000;
        await using var sink = await OpenAsync();
        var refused = await sink.WriteAsync([Row("a", 1), Row("b", 2), Row(new string('x', 500), 3), Row("d", 4)], Stop);
        Assert.StartsWith("the document has ", refused.Single().Reason, StringComparison.Ordinal);
        Assert.Equal(3, _server.Documents.Count);
        Assert.Contains("the most are 512", (await sink.WriteAsync([Row(new string('y', 513), 1)], Stop)).Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_login_is_checked_when_it_opens_and_is_in_no_message()
    {
        _server.Login = $"w:{Secret}";
        await using (var sink = await OpenAsync($"hosts = {_server.Url}\nusername = w\npassword = {Secret}"))
            Assert.Empty(await sink.WriteAsync([Row("a", 1)], Stop));
        _server.Login = "w:another";
        var told = await Assert.ThrowsAsync<ConnectorException>(() => OpenAsync($"hosts = {_server.Url}\nusername = w\npassword = {Secret}"));
        Assert.Contains("check 'username' and 'password'", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, told.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("elasticsearch-6", "6.8.23", null, true)]
    [InlineData("elasticsearch-6", "7.17.0", null, false)]
    [InlineData("elasticsearch-6", "1.3.0", "opensearch", false)]
    [InlineData("opensearch", "2.11.0", "opensearch", false)]
    public async Task Only_Elasticsearch_6_is_told_of_types(string connector, string version, string? distribution, bool isTold)
    {
        (_server.Version, _server.Distribution) = (version, distribution);
        await using var sink = await OpenAsync($"hosts = {_server.Url}\ndocument-type = _doc", connector);
        Assert.Empty(await sink.WriteAsync([Row("a", 1)], Stop));
        Assert.Equal(isTold, _server.Requests.Single().Contains("\"_type\":\"_doc\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_index_and_an_id_go_by_the_rows_columns_as_in_Flink()
    {
        await using var sink = await OpenAsync($"hosts = {_server.Url}\ndocument-id.key-delimiter = $", index: "log-{t|yyyy.MM.dd}-{k}", key: [2, 0]);
        await sink.WriteAsync([Row("a", 1), Row("b", 2) with { Values = ["b", 2L, Noon.AddSeconds(1.5)] }], Stop);
        await sink.WriteAsync([Gone("a") with { Values = ["a", null, Noon] }], Stop);
        Assert.Equal(["log-2024.03.05-b/2024-03-05T12:00:01.500$b {\"k\":\"b\",\"n\":2,\"t\":\"2024-03-05 12:00:01.500\"}"], _server.Documents);
    }

    [Fact]
    public async Task Rows_without_a_key_are_documents_more()
    {
        await using var sink = await OpenAsync(key: []);
        await sink.WriteAsync([Row("a", 1) with { IsAdded = true }, Row("a", 1) with { IsAdded = true }], Stop);
        Assert.Equal(2, _server.Documents.Count);
        Assert.DoesNotContain("version", _server.Requests.Single(), StringComparison.Ordinal);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<ISink> OpenAsync(string? options = null, string connector = "elasticsearch-7", string index = "i", int[]? key = null)
    {
        var table = Tables.Make(Columns, key ?? [0], $"connector = {connector}\nindex = {index}\n{options ?? $"hosts = {_server.Url}"}");
        var sink = new ConnectorFactory(_ => null, NullLoggerFactory.Instance).CreateSink(table);
        try
        {
            await sink.OpenAsync(Stop);
            return sink;
        }
        catch
        {
            await sink.DisposeAsync();
            throw;
        }
    }

    private RowChange Row(string key, long n) => new(key, new RowVersion(0, 0, _events++), false, [key, n, Noon]);

    private RowChange Gone(string key) => new(key, new RowVersion(0, 0, _events++), true, [key, null, null]);
}
