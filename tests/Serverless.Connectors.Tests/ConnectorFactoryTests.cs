using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.Sqlite;
using Serverless.Connectors.Files;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Options;

namespace Serverless.Connectors.Tests;

public sealed class ConnectorFactoryTests
{
    private const string Rds = "type = rds\ntableName = sales\nuserName = u\npassword = ${HOST}\nurl = jdbc:mysql://h.example/shop";
    private const string Hologres = "connector = hologres\ndbname = mydb\nendpoint = h.example:80\ntablename = consume\nusername = u\npassword = ${PW}";

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

    [Theory]
    [InlineData(Rds, "h.example:3306/shop", nameof(TlsMode.Required), "sales", 100)]
    [InlineData(Rds + "?useSSL=false\nbatchSize = 7\nsink.buffer-flush.max-rows = 9", "h.example:3306/shop", nameof(TlsMode.None), "sales", 7)]
    [InlineData(Rds + "?useSSL=false\nconnection.ssl.mode = verify-ca\nsink.buffer-flush.max-rows = 9", "h.example:3306/shop", nameof(TlsMode.VerifyCa), "sales", 9)]
    [InlineData("connector = jdbc\nurl = jdbc:mysql://${LOCAL}/x\ntable-name = `a.b`.`c`\nusername = u\npassword = p", "127.0.0.1:3307/x", nameof(TlsMode.Preferred), "a.b.c", 100)]
    [InlineData("connector = jdbc\nurl = jdbc:postgresql://localhost/x?currentSchema=s\ntable-name = Sales\nusername = u\npassword = p", "localhost:5432/x", nameof(TlsMode.Preferred), "s.sales", 100)]
    [InlineData("connector = mysql\nhostname = ${HOST}\nport = 33\ndatabase-name = d\ntable-name = r\nusername = u\npassword = p", "h.example:33/d", nameof(TlsMode.Required), "r", 100)]
    public async Task A_JDBC_table_says_where_it_is_and_how_it_is_written(string options, string place, string tls, string name, int rows)
    {
        var placeholders = new Placeholders(Setting);
        var table = Tables.With(options);
        var values = new OptionValues(table, placeholders);

        var address = JdbcSettings.AddressOf(table, values).Address;
        var sinkTable = JdbcSettings.TableOf(table, values, TimeSpan.FromDays(1)).Table;
        await using var sink = new ConnectorFactory(Setting, NullLoggerFactory.Instance).CreateSink(table);

        Assert.Equal((place, tls, name, rows, rows), (address.Place, address.Tls.ToString(), sinkTable.FullName, sinkTable.MaxRows, sink.MaxRows));
        Assert.Equal(TimeSpan.FromDays(1), sinkTable.TimeToLive);
        Assert.IsType<DatabaseSink>(sink);
    }

    [Fact]
    public void What_a_JDBC_table_is_can_be_said_without_the_settings_that_say_where()
    {
        var table = Tables.With("type = rds\nurl = jdbc:mysql://${A}/${B}?useUnicode=true\ntableName = d.sales\nuserName = ${C}\npassword = ${D}\nignoreDelete = true");

        var (kind, sink) = JdbcSettings.TableOf(table, new OptionValues(table, new Placeholders(_ => null)), null);

        Assert.Equal((DatabaseKind.MySql, "d", "sales", DeleteStrategy.Ignore), (kind, sink.Schema, sink.Name, sink.Deletes));
    }

    [Theory]
    [InlineData("type = rds\nurl = jdbc:mysql://${HOST}:${BAD}/db\ntableName = r\nuserName = u\npassword = p", "table 't': 'url' has a port that must be a port number")]
    [InlineData("type = rds\nurl = jdbc:mysql://${SIGNED}/db\ntableName = r\nuserName = u\npassword = p", "table 't': 'url' cannot hold a user or a password: write them as 'username' and 'password'")]
    [InlineData("type = rds\nurl = ${BAD}\ntableName = r\nuserName = u\npassword = p", "table 't': 'url' must be 'jdbc:mysql://host:port/database'")]
    [InlineData("type = rds\nurl = jdbc:mysql://${HOST}\ntableName = r\nuserName = u\npassword = p", "table 't': 'url' names no database: write 'jdbc:mysql://host:port/database'")]
    [InlineData("type = rds\nurl = jdbc:mysql://${HOST}/db\ntableName = ${BAD}\nuserName = u\npassword = p", "table 't': 'tableName' must be a table's name, as in 'sales' or 'shop.sales'; a part with other characters stands in backquotes")]
    [InlineData("type = rds\nurl = jdbc:mysql://${NONE}/db\ntableName = r\nuserName = u\npassword = p", "option 'url' needs the setting 'NONE', which is not set: set it as an environment variable (or an app setting), or write the value into the option")]
    public void A_setting_that_makes_a_wrong_value_is_an_error_that_does_not_repeat_it(string options, string message)
    {
        var error = Assert.Throws<ConnectorException>(() => new ConnectorFactory(Setting, NullLoggerFactory.Instance).CreateSink(Tables.With(options)));

        Assert.Equal(message, error.Message);
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

    private static string? Setting(string name) => name switch
    {
        "LOCAL" => "127.0.0.1:3307",
        "HOST" => "h.example",
        "BAD" => "a b;c",
        "SIGNED" => "user:hunter2@h",
        _ => null,
    };

    private static ConnectorFactory Factory() => new(_ => "x", NullLoggerFactory.Instance);
}
