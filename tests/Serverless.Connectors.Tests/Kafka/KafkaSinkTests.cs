using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Formats;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests.Kafka;

public sealed class KafkaSinkTests : IDisposable
{
    private const string Upsert = "connector = upsert-kafka\ntopic = totals\nproperties.bootstrap.servers = h:1\nkey.format = json\nvalue.format = json";

    private readonly EmbeddedBroker _broker = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _broker.Dispose();

    [Fact]
    public async Task Upserts_are_records_of_their_keys_and_deletes_are_records_without_a_value()
    {
        var table = Table(Upsert);
        await using (var sink = Factory().CreateSink(table))
        {
            await sink.OpenAsync(Token);
            Assert.Empty(await sink.WriteAsync([Row("a", 1.5), Row("b", 2)], Token));
            Assert.Empty(await sink.WriteAsync([Row("a", 3), new RowChange("b", default, true, ["b", null])], Token));
        }

        Assert.Equal(
            ["""{"appkey":"a"} => {"appkey":"a","amount":1.5}""", """{"appkey":"a"} => {"appkey":"a","amount":3}""", """{"appkey":"b"} => tombstone""", """{"appkey":"b"} => {"appkey":"b","amount":2}"""],
            (await ReadAsync(table, 4)).Select(TextOf).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_an_upsert_topic_was_written_it_is_read_as()
    {
        var table = Table(Upsert + "\nvalue.fields-include = EXCEPT_KEY");
        await using (var sink = Factory().CreateSink(table))
        {
            await sink.OpenAsync(Token);
            await sink.WriteAsync([Row("a", 1.5), Row("b", 2), Row("c", 0.1)], Token);
            await sink.WriteAsync([Row("a", 3), new RowChange("b", default, true, ["b", null])], Token);
        }

        Assert.Equal("""{"amount":1.5}""", Encoding.UTF8.GetString((await ReadAsync(table, 5)).First(r => r.Key!.AsSpan().IndexOf("\"a\""u8) >= 0).Value!));
        Assert.Equal(["a 3", "c 0.1"], await TableOfAsync(table, 5));
    }

    [Theory]
    [InlineData("format = json", """{"appkey":"a","amount":1.5}""")]
    [InlineData("format = csv\ncsv.field-delimiter = ;", "a;1.5")]
    [InlineData("value.format = csv\nkey.format = raw\nkey.fields = appkey\nvalue.fields-include = EXCEPT_KEY", "1.5")]
    public async Task Rows_are_appended_to_a_topic_in_its_format(string format, string value)
    {
        var table = Table($"connector = kafka\ntopic = rows\nproperties.bootstrap.servers = h:1\n{format}");
        await using (var sink = Factory().CreateSink(table))
        {
            await sink.OpenAsync(Token);
            await sink.WriteAsync([Row("a", 1.5) with { IsAdded = true }], Token);
        }

        Assert.Equal(value, Encoding.UTF8.GetString(Assert.Single(await ReadAsync(table, 1)).Value!));
    }

    [Theory]
    [InlineData("debezium-json", """{"before":null,"after":{"appkey":"a","amount":1.5},"op":"c"}""", """{"before":{"appkey":"a","amount":1.5},"after":null,"op":"d"}""")]
    [InlineData("canal-json", """{"data":[{"appkey":"a","amount":1.5}],"type":"INSERT"}""", """{"data":[{"appkey":"a","amount":1.5}],"type":"DELETE"}""")]
    [InlineData("maxwell-json", """{"data":{"appkey":"a","amount":1.5},"type":"insert"}""", """{"data":{"appkey":"a","amount":1.5},"type":"delete"}""")]
    public async Task Changes_are_written_as_Flink_writes_them(string format, string added, string removed)
    {
        var table = Table($"connector = kafka\ntopic = changes\nproperties.bootstrap.servers = h:1\nformat = {format}\nkey.format = raw\nkey.fields = appkey");
        await using (var sink = Factory().CreateSink(table))
        {
            await sink.OpenAsync(Token);
            await sink.WriteAsync([Row("a", 1.5) with { IsAdded = true }, Row("a", 1.5) with { IsDelete = true, IsBefore = true }, Row("a", 1.5), Row("a", 1.5) with { IsDelete = true }], Token);
        }

        Assert.Equal([added, removed, added, removed], (await ReadAsync(table, 4)).Select(r => Encoding.UTF8.GetString(r.Value!)));
    }

    [Fact]
    public async Task Rows_that_change_say_what_they_take_away_whatever_the_primary_key()
    {
        const string Options = "'connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1'";
        var script = ScriptCompiler.Compile(
            new SourceText("t.sql", $"""
                CREATE TABLE s (k STRING, n INT) WITH ({Options}, 'format' = 'json');
                CREATE TABLE r (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ({Options}, 'format' = 'debezium-json');
                INSERT INTO r SELECT k, SUM(n) FROM s GROUP BY k HAVING SUM(n) < 10;
                """),
            new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        var job = Assert.Single(script.Jobs);
        var (dataflow, encoder) = (new Dataflow(job), RowEncoder.Of(job.Sink, false).Value);
        var written = new List<string>();
        foreach (var (n, i) in ((int N, int Offset)[])[(1, 0), (4, 1), (9, 2)])
        {
            var batch = await dataflow.ApplyAsync([new SourceRecords(0, [new Record(0, i, 0, Encoding.UTF8.GetBytes($$"""{"k":"a","n":{{n}}}"""))])], null, default, Token);
            written.AddRange(batch.Changes.Select(c => Encoding.UTF8.GetString(encoder.EncodeChange(c)!)));
        }

        Assert.Equal(
            [
                """{"before":null,"after":{"k":"a","n":1},"op":"c"}""",
                """{"before":{"k":"a","n":1},"after":null,"op":"d"}""", """{"before":null,"after":{"k":"a","n":5},"op":"c"}""",
                """{"before":{"k":"a","n":5},"after":null,"op":"d"}""",
            ],
            written);
    }

    [Fact]
    public async Task A_row_that_is_too_large_for_the_topic_is_refused_and_the_others_are_written()
    {
        var table = Table("connector = kafka\ntopic = rows\nproperties.bootstrap.servers = h:1\nformat = raw", [new("line", SqlType.String, false)]);
        await using (var sink = Factory().CreateSink(table))
        {
            await sink.OpenAsync(Token);
            var large = new RowChange("1", default, false, [new string('x', 120_000_000)]);

            var refused = Assert.Single(await sink.WriteAsync([large, new RowChange("2", default, false, ["short"])], Token));

            Assert.Same(large, refused.Change);
            Assert.StartsWith("topic 'rows' takes no record as large", refused.Reason, StringComparison.Ordinal);
        }

        Assert.Equal("short", Encoding.UTF8.GetString(Assert.Single(await ReadAsync(table, 1)).Value!));
    }

    [Fact]
    public async Task Rows_of_avro_have_the_number_of_their_schema_in_front_and_are_read_back_by_it()
    {
        using var registry = new SchemaRegistryServer { Login = "user:hunter2" };
        var table = Table(
            $"connector = upsert-kafka\ntopic = totals\nproperties.bootstrap.servers = h:1\nkey.format = raw\nvalue.format = avro-confluent\nvalue.avro-confluent.url = {registry.Url}\n"
            + "value.avro-confluent.basic-auth.credentials-source = USER_INFO\nvalue.avro-confluent.basic-auth.user-info = ${LOGIN}");
        await using (var sink = Factory().CreateSink(table))
        {
            await sink.OpenAsync(Token);
            await sink.WriteAsync([Row("a", 1.5), Row("b", 2)], Token);
        }

        Assert.Equal(["totals-value"], registry.Subjects);
        Assert.Equal(["a 1.5", "b 2"], await TableOfAsync(table, 2));
        registry.Login = "another:one";
        await using var refused = Factory().CreateSink(table);
        var error = await Assert.ThrowsAsync<ConnectorException>(() => refused.OpenAsync(Token));
        Assert.Contains("does not let this user in (401)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    private static TableDefinition Table(string options, TableColumn[]? columns = null) =>
        Tables.Make(columns ?? [new("appkey", SqlType.String, true), new("amount", SqlType.Double, false)], columns is null ? [0] : [], options);

    private static RowChange Row(string key, double amount) => new(key, default, false, [key, amount]);

    private ConnectorFactory Factory() => new(name => name == "LOGIN" ? "user:hunter2" : null, NullLoggerFactory.Instance) { EmbeddedBroker = _broker };

    private static string TextOf(Record record) => $"{Encoding.UTF8.GetString(record.Key!)} => {(record.Value is null ? "tombstone" : Encoding.UTF8.GetString(record.Value))}";

    private async Task<IReadOnlyList<Record>> ReadAsync(TableDefinition table, int count)
    {
        await using var source = Factory().CreateSource(table, $"g{Guid.NewGuid():N}", null);
        await source.OpenAsync(Token);
        var all = new List<Record>();
        while (all.Count < count)
            all.AddRange(await source.ReadAsync(100, TimeSpan.FromSeconds(1), Token));
        return all;
    }

    // As a job that copies it has it.
    private async Task<IReadOnlyList<string>> TableOfAsync(TableDefinition table, int records)
    {
        var options = string.Join(", ", table.Options.All.Select(o => $"'{o.Name}' = '{o.Value}'"));
        var script = ScriptCompiler.Compile(
            new SourceText("t.sql", $"""
                CREATE TABLE s (appkey STRING, amount DOUBLE, PRIMARY KEY (appkey) NOT ENFORCED) WITH ({options});
                CREATE TABLE r (appkey STRING, amount DOUBLE, PRIMARY KEY (appkey) NOT ENFORCED) WITH ('connector' = 'print');
                INSERT INTO r SELECT appkey, amount FROM s;
                """),
            new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        var dataflow = new Dataflow(Assert.Single(script.Jobs));
        var batch = await dataflow.ApplyAsync([new SourceRecords(0, await ReadAsync(table, records))], null, default, Token);
        Assert.Empty(batch.DeadLetters);
        return [.. batch.Changes.Where(c => !c.IsDelete).Select(c => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{c.Values[0]} {c.Values[1]}")).Order(StringComparer.Ordinal)];
    }
}
