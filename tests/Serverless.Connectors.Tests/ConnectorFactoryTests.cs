using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Files;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Sqlite;

namespace Serverless.Connectors.Tests;

public sealed class ConnectorFactoryTests
{
    private const string Hologres = "connector = hologres\ndbname = mydb\nendpoint = h.example:80\ntablename = consume\nusername = u\npassword = ${PW}";
    private const string Rds = "type = rds\nurl = jdbc:mysql://h:3306/db\ntableName = r\nuserName = u\npassword = ${PW}";

    [Theory]
    [InlineData("connector = filesystem\npath = a.json\nformat = json", typeof(FileSink))]
    [InlineData("connector = print", typeof(PrintSink))]
    [InlineData("CONNECTOR = BlackHole", typeof(BlackholeSink))]
    public async Task A_sink_is_made_as_its_table_says(string options, Type type)
    {
        await using var sink = Factory().CreateSink(Tables.With(options));

        Assert.IsType(type, sink);
    }

    [Fact]
    public async Task A_database_sink_is_a_SQLite_table_where_sinks_are_embedded_and_needs_no_password()
    {
        using var folder = new TempFolder();
        await using var file = new SqliteFile(folder["results.db"]);
        var factory = new ConnectorFactory(_ => null, NullLoggerFactory.Instance) { EmbeddedSinks = file };

        await using var sink = factory.CreateSink(Tables.With(Hologres + "\nsink.buffer-flush.max-rows = 7\nsink.buffer-flush.interval = 2s"));

        Assert.IsType<SqliteSink>(sink);
        Assert.Equal(7, sink.MaxRows);
        Assert.Equal(TimeSpan.FromSeconds(2), factory.FlushIntervalOf(Tables.With("connector = print\nsink.buffer-flush.interval = 2s")));
    }

    [Fact]
    public void A_database_sink_of_its_own_is_not_in_this_version()
    {
        var error = Assert.Throws<UnsupportedConnectorException>(() => Factory().CreateSink(Tables.With(Rds)));

        Assert.Equal("table 't': 'rds' sinks are not in this version yet; use --embedded-sinks to write the table to a SQLite file", error.Message);
    }

    [Fact]
    public async Task A_kafka_source_is_read_from_the_embedded_broker_where_there_is_one()
    {
        using var broker = new EmbeddedBroker();
        var factory = new ConnectorFactory(_ => null, NullLoggerFactory.Instance) { EmbeddedBroker = broker };
        var table = Tables.With("connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = ${HOST}\nproperties.group.id = gamegroup");

        await using var source = factory.CreateSource(table, "g", null);

        Assert.Equal("events", Assert.IsType<KafkaSource>(source).Topic);
        Assert.Equal(broker.BootstrapServers, factory.KafkaSettingsOf(table).BootstrapServers);
        Assert.Equal("gamegroup", factory.GroupIdOf(table));
        await source.OpenAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("connector = kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = h:1", "topic events.dead-letter of Kafka at h:1")]
    [InlineData("connector = Kafka\ntopic = events\nformat = json\nproperties.bootstrap.servers = h:1\ndead-letter.topic = ${BAD}", "topic x of Kafka at h:1")]
    [InlineData("connector = filesystem\npath = a.json\nformat = json", null)]
    public async Task Dead_letters_go_to_a_topic_where_records_come_from_one(string options, string? place)
    {
        using var folder = new TempFolder();
        await using var file = new SqliteFile(folder["results.db"]);
        var embedded = new ConnectorFactory(_ => "x", NullLoggerFactory.Instance) { EmbeddedSinks = file };
        var table = $"{file.Path}, table dead_letters";

        await using var letters = Factory().CreateDeadLetters(Tables.With(options), file);
        await using var others = embedded.CreateDeadLetters(Tables.With(options), file);

        Assert.Equal((place ?? table, table), (letters.Place, others.Place));
    }

    [Fact]
    public async Task A_dead_letter_topic_that_a_setting_makes_the_sources_own_is_refused()
    {
        using var folder = new TempFolder();
        await using var file = new SqliteFile(folder["results.db"]);
        var table = Tables.With("connector = kafka\ntopic = x\nformat = json\nproperties.bootstrap.servers = h:1\ndead-letter.topic = ${BAD}");
        Assert.Contains("must be another topic", Assert.Throws<ConnectorException>(() => Factory().CreateDeadLetters(table, file)).Message, StringComparison.Ordinal);
        var empty = new ConnectorFactory(_ => "", NullLoggerFactory.Instance);
        Assert.Equal("table 't': 'dead-letter.topic' must not be empty", Assert.Throws<ConnectorException>(() => empty.CreateDeadLetters(table, file)).Message);
    }

    private static ConnectorFactory Factory() => new(_ => "x", NullLoggerFactory.Instance);
}
