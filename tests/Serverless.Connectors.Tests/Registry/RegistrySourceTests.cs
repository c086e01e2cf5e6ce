using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Serverless.Connectors.Registry;
using Serverless.Engine;
using Serverless.Engine.Formats;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests.Registry;

/// <summary>Records as Confluent's serializer writes them, with Apache's library.</summary>
public sealed class RegistrySourceTests : IDisposable
{
    private const string Schema = """
        {"type":"record","name":"Order","namespace":"shop","fields":[
          {"name":"id","type":"long"},
          {"name":"tags","type":{"type":"array","items":"string"}},
          {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}},
          {"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","PAID"]}},
          {"name":"buyer","type":["null",{"type":"record","name":"Buyer","fields":[{"name":"name","type":["null","string"]},{"name":"age","type":"int"}]}]},
          {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"day","type":{"type":"int","logicalType":"date"}},
          {"name":"extra","type":{"type":"map","values":"double"}},
          {"name":"weight","type":["null","double"],"default":null}]}
        """;

    private static readonly string[] Tags = ["a", "b"];

    private readonly SchemaRegistryServer _registry = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _registry.Dispose();

    [Fact]
    public async Task What_confluents_serializer_wrote_is_read_by_name()
    {
        var rows = await RowsAsync("id BIGINT, price DECIMAL(10, 2), state STRING, buyer ROW<name STRING, age INT>, `at` TIMESTAMP(3), `day` DATE, weight DOUBLE, missing STRING, tags ARRAY<STRING>, extra MAP<STRING, DOUBLE>",
            "id, price, state, buyer.name, buyer.age, `at`, `day`, weight, missing, tags[2], extra['x']",
            "id BIGINT, price DECIMAL(10, 2), state STRING, name STRING, age INT, `at` TIMESTAMP(3), `day` DATE, weight DOUBLE, missing STRING, tag STRING, x DOUBLE",
            [await SerializedAsync(1, 1234, "PAID", "Ann", 33.5), await SerializedAsync(2, -5, "NEW", null, null)]);

        Assert.Equal(["1 | 12.34 | PAID | Ann | 30 | 2026-01-02 03:04:05 | 2026-01-02 | 33.5 |  | b | 1.5", "2 | -0.05 | NEW |  |  | 2026-01-02 03:04:05 | 2026-01-02 |  |  | b | 1.5"], rows);
    }

    [Fact]
    public async Task A_record_of_no_schema_or_of_an_unknown_one_becomes_a_dead_letter_and_the_others_are_read()
    {
        var letters = new List<string>();
        var unknown = await SerializedAsync(2, 1, "NEW", null, null);
        unknown[4] = 99;
        var cut = (await SerializedAsync(3, 1, "NEW", null, null))[..^3];
        var rows = await RowsAsync("id BIGINT", "id", "id BIGINT", [await SerializedAsync(1, 1, "NEW", null, null), unknown, "{}"u8.ToArray(), cut], letters);

        Assert.Equal(["1"], rows);
        Assert.StartsWith($"schema 99 is not in the registry at {_registry.Url.TrimEnd('/')}", letters[0], StringComparison.Ordinal);
        Assert.StartsWith("the record does not begin with a zero byte", letters[1], StringComparison.Ordinal);
        Assert.StartsWith("the bytes end, or go on, where the schema does not", letters[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_wait_uncommitted_while_the_registry_is_out_of_service()
    {
        var inner = new ListSource([new Record(0, 0, 0, await SerializedAsync(1, 1, "NEW", null, null))]);
        var log = new RecordingLogger();
        await using var source = new RegistrySource(inner, new RecordSchemas(null, new SchemaRegistryClient(_registry.Url, null, null)), log);
        _registry.IsDown = true;

        Assert.Empty(await source.ReadAsync(10, TimeSpan.Zero, Token));
        await source.CommitAsync(Token);
        Assert.Equal((false, 0), (source.Health.IsUp, inner.Commits));
        Assert.Null(await source.LagAsync(Token));

        _registry.IsDown = false;
        Assert.NotNull(Assert.Single(await source.ReadAsync(10, TimeSpan.Zero, Token)).Schema?.Avro);
        await source.CommitAsync(Token);
        Assert.Equal(1, inner.Commits);
    }

    [Fact]
    public async Task Bytes_of_the_tables_own_schema_are_apaches()
    {
        var table = Compiled("format' = 'avro", "id BIGINT, name STRING NOT NULL, price DECIMAL(10, 2), d DOUBLE, ok BOOLEAN, `at` TIMESTAMP(3), a ARRAY<INT>, m MAP<STRING, DOUBLE>", "id", "id BIGINT").Source;
        var encoder = RowEncoder.Of(table, false).Value;
        object?[] row = [7L, "Ann", Number.Parse("-1.5"), 0.1, true, new DateTime(2026, 1, 2, 3, 4, 5), NestedValue.Of([1L, null]), NestedValue.MapOf([("x", Number.Parse("0.5"))])];
        var schema = (RecordSchema)Avro.Schema.Parse(encoder.Schema!.Text);
        var decoder = new Avro.IO.BinaryDecoder(new MemoryStream(encoder.Encode(row)));

        var read = new GenericDatumReader<GenericRecord>(schema, schema).Read(null!, decoder);

        Assert.Equal(
            (7L, "Ann", -1.5m, 0.1, true, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)),
            (read["id"], read["name"], AvroDecimal.ToDecimal((AvroDecimal)read["price"]), read["d"], read["ok"], read["at"]));
        Assert.Equal([1, null], (object?[])read["a"]);
        Assert.Equal(0.5, ((IDictionary<string, object>)read["m"])["x"]);
    }

    private async Task<IReadOnlyList<string>> RowsAsync(string columns, string select, string sink, byte[][] values, List<string>? letters = null)
    {
        var job = Compiled("format' = 'avro-confluent', 'avro-confluent.url' = '" + _registry.Url, columns, select, sink);
        await using var source = new RegistrySource(
            new ListSource([.. values.Select((v, i) => new Record(0, i, 0, v))]), new RecordSchemas(null, new SchemaRegistryClient(_registry.Url, null, null)), new RecordingLogger());
        var batch = await new Dataflow(job).ApplyAsync([new SourceRecords(0, await source.ReadAsync(100, TimeSpan.Zero, Token))], null, default, Token);
        if (letters is null)
            Assert.Empty(batch.DeadLetters.Select(l => l.Reason));
        letters?.AddRange(batch.DeadLetters.Select(l => l.Reason));
        return [.. batch.Changes.Select(c => string.Join(" | ", c.Values.Select(v => v switch
        {
            DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
            DateOnly date => date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            IFormattable other => other.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
            _ => v?.ToString(),
        })))];
    }

    private static Job Compiled(string format, string columns, string select, string sink)
    {
        var script = ScriptCompiler.Compile(
            new SourceText("t.sql", $"""
                CREATE TABLE s ({columns}) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'h:1', '{format}');
                CREATE TABLE r ({sink}) WITH ('connector' = 'print');
                INSERT INTO r SELECT {select} FROM s;
                """),
            new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        return Assert.Single(script.Jobs);
    }

    private async Task<byte[]> SerializedAsync(long id, int cents, string state, string? buyer, double? weight)
    {
        var schema = (RecordSchema)Avro.Schema.Parse(Schema);
        var record = new GenericRecord(schema);
        var buyerSchema = (RecordSchema)((UnionSchema)schema["buyer"].Schema).Schemas[1];
        record.Add("id", id);
        record.Add("tags", Tags);
        record.Add("price", new AvroDecimal(cents, 2));
        record.Add("state", new GenericEnum((EnumSchema)schema["state"].Schema, state));
        if (buyer is not null)
        {
            var by = new GenericRecord(buyerSchema);
            by.Add("name", buyer);
            by.Add("age", 30);
            record.Add("buyer", by);
        }
        else
        {
            record.Add("buyer", null);
        }

        record.Add("at", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        record.Add("day", new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        record.Add("extra", new Dictionary<string, object> { ["x"] = 1.5 });
        record.Add("weight", weight);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry.Url });
        var serializer = new AvroSerializer<GenericRecord>(client);
        return await serializer.SerializeAsync(record, new SerializationContext(MessageComponentType.Value, "t"));
    }

    private sealed class ListSource(IReadOnlyList<Record> records) : ISource
    {
        private IReadOnlyList<Record> _left = records;

        public int Commits { get; private set; }

        public string Topic => "t";

        public SourceHealth Health => new(true);

        public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartitionBounds>>([]);

        public Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
        {
            var read = _left;
            _left = [];
            return Task.FromResult(read);
        }

        public Task CommitAsync(CancellationToken cancellationToken)
        {
            Commits++;
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartitionLag>?>([]);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
