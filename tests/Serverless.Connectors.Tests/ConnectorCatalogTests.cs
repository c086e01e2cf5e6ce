using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests;

public class ConnectorCatalogTests
{
    private const string Kafka = "connector = kafka\ntopic = events\nproperties.bootstrap.servers = localhost:9092\nformat = json";
    private const string Hologres = "connector = hologres\ndbname = mydb\nendpoint = h.example:80\ntablename = consume\nusername = u\npassword = ${PW}";
    private const string Rds = "type = rds\nurl = jdbc:mysql://h:3306/db\ntableName = r\nuserName = u\npassword = ${PW}";

    [Theory]
    [InlineData(Kafka, TableUse.Source, "kafka", false)]
    [InlineData(Hologres + "\nmutateType = insertorupdate", TableUse.Sink, "hologres", true)]
    [InlineData(Kafka + "\ndead-letter.topic = events-bad", TableUse.Source, "kafka", false)]
    [InlineData(Rds, TableUse.Sink, "rds", true)]
    [InlineData("type = rds\nurl = jdbc:mysql://${H}/${D}\ntableName = ${T}\nuserName = u\npassword = ${PW}\nbatchSize = 50\nflushIntervalMs = 200\nignoreDelete = false\nsink.version-column = v", TableUse.Sink, "rds", true)]
    [InlineData("connector = jdbc\nurl = ${URL}\ntable-name = a b\nusername = u\npassword = ${PW}", TableUse.Sink, "jdbc", true)]
    [InlineData("connector = jdbc\nurl = jdbc:postgresql://h/db\ntable-name = r\nusername = u\npassword = ${PW}", TableUse.Sink, "jdbc", true)]
    [InlineData("connector = mysql\nhostname = h\nport = 3306\ndatabase-name = d\ntable-name = r\nusername = u\npassword = ${PW}", TableUse.Sink, "mysql", true)]
    [InlineData("connector = filesystem\npath = a.json\nformat = json", TableUse.Source, "filesystem", false)]
    [InlineData("connector = filesystem\npath = file:///tmp/a.json\nformat = json", TableUse.Sink, "filesystem", false)]
    [InlineData("CONNECTOR = Print\nPRINT-IDENTIFIER = x", TableUse.Sink, "print", false)]
    [InlineData("connector = blackhole", TableUse.Sink, "blackhole", false)]
    public void Right_options_have_nothing_said_of_them(string options, TableUse use, string name, bool needsKey)
    {
        var said = Tables.Check(options, use, out var traits);

        Assert.Empty(said.All);
        Assert.Equal((name, needsKey), (traits?.Name, traits?.NeedsPrimaryKey));
    }

    [Theory]
    [InlineData(Rds, "password = hunter2", "password")]
    [InlineData(Hologres, "password = a${B}", "password")]
    [InlineData(Kafka, "properties.sasl.password = hunter2", "properties.sasl.password")]
    [InlineData(Kafka, "properties.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username=\"${U}\" password=\"hunter2\";", "properties.sasl.jaas.config")]
    [InlineData(Kafka, "properties.ssl.truststore.password = hunter2", "properties.ssl.truststore.password")]
    [InlineData(Kafka, "properties.ssl.keystore.password = hunter2", "properties.ssl.keystore.password")]
    [InlineData(Kafka, "properties.ssl.key.password = hunter2", "properties.ssl.key.password")]
    [InlineData(Kafka, "properties.sasl.oauthbearer.client.secret = hunter2", "properties.sasl.oauthbearer.client.secret")]
    [InlineData(Kafka, "properties.ssl.keystore.key = hunter2", "properties.ssl.keystore.key")]
    public void A_secret_in_a_script_is_a_warning_that_does_not_show_it(string others, string option, string name)
    {
        var options = string.Join('\n', others.Split('\n').Where(o => o != "password = ${PW}").Append(option));

        var warning = Assert.Single(Tables.Check(options, others == Kafka ? TableUse.Source : TableUse.Sink, out _).All, d => d.Severity == Severity.Warning);

        Assert.Equal($"a password in a script is a password in its repository: write '${{NAME}}' for what is secret in '{name}', and set NAME", warning.Message);
        Assert.DoesNotContain("hunter2", warning.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("a${B}", warning.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("properties.sasl.jaas.config = org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"${PW}\";")]
    [InlineData("properties.ssl.truststore.password = ${PW}")]
    [InlineData("properties.sasl.oauthbearer.token.endpoint.url = https://login.example/token")]
    public void What_only_names_a_setting_is_no_secret(string option) =>
        Assert.DoesNotContain(Tables.Check($"{Kafka}\n{option}", TableUse.Source, out _).All, d => d.Severity == Severity.Warning);

    [Theory]
    [InlineData("connector = kafak", TableUse.Source, "unknown connector 'kafak'; did you mean 'kafka'?")]
    [InlineData("topic = a", TableUse.Source, "table 't' has no option 'connector'; there are 'kafka', 'upsert-kafka', 'hologres', 'rds', 'mysql', 'jdbc', 'elasticsearch-7', 'elasticsearch-6', 'opensearch', 'filesystem', 'nexmark', 'datagen', 'print', 'blackhole'")]
    [InlineData("connector = datagen", TableUse.Sink, "a 'datagen' table cannot be written to; it only makes rows")]
    [InlineData("connector = print", TableUse.Source, "a 'print' table cannot be read from; read from a 'kafka', 'datagen' or 'filesystem' table")]
    [InlineData(Kafka + "\nsink.delivery-guarantee = exactly-once", TableUse.Sink, "'sink.delivery-guarantee' can only be 'at-least-once': no transactions are made, and after a crash some records are written again; the rows of an 'upsert-kafka' table are the same then")]
    [InlineData("connector = kafka\ntopic = a;b\nproperties.bootstrap.servers = h:1\nformat = json", TableUse.Sink, "'topic' must name one topic to write to")]
    [InlineData("connector = kafka\ntopic = a\nproperties.bootstrap.servers = h:1\nformat = debezium-json\ndebezium-json.schema-include = true", TableUse.Sink, "'debezium-json.schema-include' can only be 'false' when a table is written, as in Flink")]
    [InlineData("connector = kafka\ntopic = a\nproperties.bootstrap.servers = h:1\nformat = avro-confluent", TableUse.Source, "'avro-confluent' of table 't' needs the option 'avro-confluent.url', the address of the schema registry")]
    [InlineData("connector = kafka\ntopic = a\nproperties.bootstrap.servers = h:1\nformat = raw", TableUse.Source, "the format 'raw' is one column's, and here are 2 (appkey, amount)")]
    [InlineData("connector = kafka\ntopic = a\nproperties.bootstrap.servers = h:1\nformat = csv\ncsv.field-delimiter = ;;", TableUse.Source, "'csv.field-delimiter' must be one character, as in ';' or '\\t'")]
    [InlineData(Kafka + "\nkey.fields = appkey", TableUse.Source, "'key.fields' needs the option 'key.format'")]
    [InlineData(Kafka + "\nkey.format = json\nkey.fields = apkey", TableUse.Source, "'key.fields' names 'apkey', which is no column of 't'; did you mean 'appkey'?")]
    [InlineData(Kafka + "\nkey.format = json\nkey.fields = appkey\nkey.fields-prefix = app", TableUse.Source, "'key.fields-prefix' needs 'value.fields-include' = 'EXCEPT_KEY': the value has no fields of those names")]
    [InlineData("connector = upsert-kafka\ntopic = a\nproperties.bootstrap.servers = h:1\nvalue.format = json", TableUse.Source, "'upsert-kafka' table 't' needs the option 'key.format': the key says which row a record is of")]
    [InlineData("connector = upsert-kafka\ntopic = a\nproperties.bootstrap.servers = h:1\nkey.format = json\nvalue.format = json\nscan.startup.mode = latest-offset", TableUse.Source, "'scan.startup.mode' cannot be used: the topic is read from its beginning, or the rows would not be known")]
    [InlineData("connector = hologres\nendpoint = h:80\ndbname = d\ntablename = t\nusername = u\npassword = ${PW}\nbinlog = true", TableUse.Source, "'binlog' can only be 'false': the table is read once, as it is when the job starts; have its changes written to a topic")]
    [InlineData("connector = filesystem\npath = /tmp/a\nformat = avro", TableUse.Source, "'avro' is no format of lines; a file is read as json, csv, raw, debezium-json, canal-json, maxwell-json")]
    [InlineData("connector = print\ntype = rds", TableUse.Sink, "'type' and 'connector' are the same option; keep one")]
    [InlineData(Kafka + "\ntopik = a", TableUse.Source, "unknown option of 'kafka' 'topik'; did you mean 'topic'?")]
    [InlineData(Kafka + "\nproperties.sasl.mechanisn = PLAIN", TableUse.Source, "unknown Kafka property 'properties.sasl.mechanisn'; did you mean 'properties.sasl.mechanism'?")]
    [InlineData(Kafka + "\nproperties.security.protocol = TLS", TableUse.Source, "'properties.security.protocol' must be 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'")]
    [InlineData(Kafka + "\ntopic-pattern = a.*", TableUse.Source, "'topic' and 'topic-pattern' say the same; keep one")]
    [InlineData("connector = kafka\ntopic-pattern = a(\nproperties.bootstrap.servers = h:1\nformat = json", TableUse.Source, "'topic-pattern' must be a regular expression: the regular expression 'a(' is wrong at character 3: a '(' has no ')'")]
    [InlineData(Kafka + "\nscan.startup.mode = yesterday", TableUse.Source, "'scan.startup.mode' must be 'earliest-offset', 'latest-offset', 'group-offsets', 'timestamp' or 'specific-offsets'")]
    [InlineData(Kafka + "\nscan.startup.mode = timestamp", TableUse.Source, "'scan.startup.mode' = 'timestamp' needs the option 'scan.startup.timestamp-millis'")]
    [InlineData(Kafka + "\nscan.startup.specific-offsets = 0:1", TableUse.Source, "'scan.startup.specific-offsets' must be like 'partition:0,offset:42;partition:1,offset:300'")]
    [InlineData(Kafka + "\njson.ignore-parse-errors = yes", TableUse.Source, "'json.ignore-parse-errors' must be 'true' or 'false'")]
    [InlineData(Kafka + "\ndead-letter.topic = events", TableUse.Source, "'dead-letter.topic' must be another topic than 'topic', or the job would read its own dead letters")]
    [InlineData(Kafka + "\ndead-letter.topic = a b", TableUse.Source, "'dead-letter.topic' must be a topic's name: letters, digits, '.', '_' and '-'")]
    [InlineData("connector = kafka\ntopic = a;b,c\nproperties.bootstrap.servers = h:1\nformat = json", TableUse.Source, "'topic' must name one topic; several in 'topic' have ';' between them")]
    [InlineData("connector = kafka\ntopic = a\nproperties.bootstrap.servers = h:1\nformat = orc", TableUse.Source, "'format' is 'orc', and the formats there are: json, csv, raw, avro, avro-confluent, debezium-json, canal-json, maxwell-json")]
    [InlineData("connector = kafka\ntopic = a\nformat = json", TableUse.Source, "'kafka' table 't' needs the option 'properties.bootstrap.servers'")]
    [InlineData("connector = kafka\nproperties.bootstrap.servers = h:1\nformat = json", TableUse.Source, "'kafka' table 't' needs the option 'topic'")]
    [InlineData(Rds + "\nsink.buffer-flush.max-rows = many", TableUse.Sink, "'sink.buffer-flush.max-rows' must be a whole number of at least 1")]
    [InlineData("type = rds\nurl = 'url = jdbc:mysql://h/db'\ntableName = r\nuserName = u\npassword = ${PW}", TableUse.Sink, "'url' must be 'jdbc:mysql://host:port/database'")]
    [InlineData("type = rds\nurl = jdbc:postgresql://h/db\ntableName = r\nuserName = u\npassword = ${PW}", TableUse.Sink, "'url' must be 'jdbc:mysql://host:port/database'")]
    [InlineData("type = rds\ntableName = r\nuserName = u\npassword = ${PW}", TableUse.Sink, "'rds' table 't' needs the option 'url'")]
    [InlineData("connector = mysql\nhostname = h\ntable-name = r\nusername = u\npassword = ${PW}", TableUse.Sink, "'mysql' table 't' needs the option 'url', or 'hostname' and 'database-name'")]
    [InlineData("connector = mysql\nhostname = a,b\ndatabase-name = d\ntable-name = r\nusername = u\npassword = ${PW}", TableUse.Sink, "'hostname' must be one host's name or address")]
    [InlineData("connector = mysql\nurl = jdbc:mysql://h/d\nport = 3306\ntable-name = r\nusername = u\npassword = ${PW}", TableUse.Sink, "'port' and 'url' say the same; keep one")]
    [InlineData("type = rds\nurl = jdbc:mysql://${H}/${D}\ntableName = my sales\nuserName = u\npassword = ${PW}", TableUse.Sink, "'tableName' must be a table's name, as in 'sales' or 'shop.sales'; a part with other characters stands in backquotes")]
    [InlineData("connector = jdbc\nurl = jdbc:postgresql://h/db\ntable-name = a.b.c\nusername = u\npassword = ${PW}", TableUse.Sink, "'table-name' must be a table's name, as in 'sales' or 'public.sales'; a part with other characters stands in double quotes")]
    [InlineData("type = rds\nurl = jdbc:mysql://${H}/${D}?user=a\ntableName = r\nuserName = u\npassword = ${PW}", TableUse.Sink, "'url' parameter 'user' cannot be used: write the table's options 'username' and 'password'")]
    [InlineData(Rds + "\nsink.version-column = APPKEY", TableUse.Sink, "'sink.version-column' must not be a column of table 't' in the script: it is one more column of the database's table (BIGINT), which is filled for you")]
    [InlineData(Rds + "\nexcludeUpdateColumns = a", TableUse.Sink, "'excludeUpdateColumns' cannot be used: a row is written as a whole; leave the column out of the table in the script, and the database keeps what it has")]
    [InlineData(Rds + "\nsink.delete-strategy = KEEP", TableUse.Sink, "'sink.delete-strategy' must be 'CHANGELOG_STANDARD', 'DELETE_ROW_ON_PK', 'NON_PK_FIELD_TO_NULL' or 'IGNORE_DELETE'")]
    [InlineData(Rds + "\nbatchSize = 0", TableUse.Sink, "'batchSize' must be a whole number of at least 1")]
    [InlineData(Rds + "\nflushIntervalMs = 100\nsink.buffer-flush.interval = 1s", TableUse.Sink, "'sink.buffer-flush.interval' and 'flushIntervalMs' are the same option; keep one")]
    [InlineData("connector = filesystem\npath = oss://bucket/a\nformat = json", TableUse.Source, "'path' must be the path of a file on this machine")]
    public void A_wrong_option_is_an_error_that_says_what_to_do(string options, TableUse use, string message)
    {
        var said = Tables.Check(options, use, out _);

        Assert.Equal([(Severity.Error, message)], said.All.Select(d => (d.Severity, d.Message)));
    }

    [Theory]
    [InlineData(Kafka + "\nscan.parallelism = 3", TableUse.Source, "'scan.parallelism' is ignored: there are no subtasks to set a number of")]
    [InlineData(Kafka + "\nproperties.max.poll.records = 3", TableUse.Source, "'properties.max.poll.records' is ignored: a batch's size is the job's to choose")]
    [InlineData(Kafka + "\nscan.topic-partition-discovery.interval = 5min", TableUse.Source, "'scan.topic-partition-discovery.interval' is ignored: new partitions are looked for every 10 seconds")]
    [InlineData(Rds + "\nlookup.cache.ttl = 10s", TableUse.Sink, "'lookup.cache.ttl' is ignored: only lookup joins have it")]
    [InlineData(Rds + "\nbufferSize = 10000", TableUse.Sink, "'bufferSize' is ignored: of a row's changes the newest is kept until it is written, however many there are")]
    [InlineData(Rds + "\nmaxRetryTimes = 3", TableUse.Sink, "'maxRetryTimes' is ignored: a database that is down is tried again until it is back")]
    [InlineData(Rds + "\nsink.parallelism = 3", TableUse.Sink, "'sink.parallelism' is ignored: there are no subtasks to set a number of")]
    [InlineData(Rds + "\nignoreDelete = true", TableUse.Sink, "'ignoreDelete' = 'true': the table keeps rows that the query no longer has (where HAVING is no longer true), as they last were; which, depends on the order of the records")]
    [InlineData(Rds + "\nsink.ignore-null-when-update = true", TableUse.Sink, "'sink.ignore-null-when-update': a column that becomes NULL keeps the value that it had in the table")]
    [InlineData("type = rds\nurl = jdbc:mysql://${H}/${D}?useSSL=false\ntableName = r\nuserName = u\npassword = ${PW}", TableUse.Sink, "'url' sends rows, and what proves the password, in the clear")]
    [InlineData("type = rds\nurl = jdbc:mysql://${H}/${D}?useUnicode=true\ntableName = r\nuserName = u\npassword = ${PW}", TableUse.Sink, "'url' parameter 'useUnicode' is ignored: text is always UTF-8, with every character")]
    [InlineData(Hologres + "\nsdkMode = jdbc", TableUse.Sink, "'sdkMode' is ignored: rows go over one connection, with INSERT … ON CONFLICT over the PostgreSQL wire protocol")]
    [InlineData("connector = filesystem\npath = a\nformat = json\ndead-letter.topic = b", TableUse.Source, "'dead-letter.topic' is ignored: dead letters of a file go to the table 'dead_letters'")]
    [InlineData("connector = filesystem\npath = a\nformat = json\nsink.buffer-flush.interval = 1s", TableUse.Source, "'sink.buffer-flush.interval' is ignored: only sinks have it")]
    public void An_option_without_meaning_here_is_ignored_with_a_notice(string options, TableUse use, string message)
    {
        var said = Tables.Check(options, use, out _);

        Assert.Equal([(Severity.Notice, message)], said.All.Select(d => (d.Severity, d.Message)));
    }

    [Fact]
    public void A_password_in_the_script_is_a_warning_that_does_not_repeat_it()
    {
        var said = Tables.Check(Rds.Replace("${PW}", "hunter2", StringComparison.Ordinal), TableUse.Sink, out _);

        var warning = Assert.Single(said.All);
        Assert.Equal(Severity.Warning, warning.Severity);
        Assert.DoesNotContain("hunter2", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_comes_from_a_setting_is_not_checked_before_it_is_known()
    {
        var said = Tables.Check(Kafka.Replace("= events", "= ${TOPIC}", StringComparison.Ordinal) + "\nproperties.security.protocol = ${P}", TableUse.Source, out _);

        Assert.Empty(said.All);
    }

    [Fact]
    public void What_is_said_of_a_URL_points_into_it()
    {
        const string script = "url = 'jdbc:mysql://h/db?useSSL=true&useSLL=false'";
        var source = new SourceText("t.sql", script);
        var diagnostics = new Diagnostics(source);
        var value = script[7..^1];
        TableOption[] options =
        [
            new("connector", "rds", default, default), new("url", value, new TextSpan(0, 3), new TextSpan(6, value.Length + 2)),
            new("tableName", "t", default, default), new("userName", "u", default, default), new("password", "${P}", default, default),
        ];

        new ConnectorCatalog().Describe(Tables.With("a = b") with { Options = new TableOptions(options) }, TableUse.Sink, diagnostics);

        var said = Assert.Single(diagnostics.All);
        Assert.Equal("useSLL=false", script.Substring(said.Span.Start, said.Span.Length));
    }

    [Fact]
    public void The_option_that_is_wrong_is_where_the_error_points()
    {
        var said = Tables.Check("connector = filesystem\npath = a\nformat = orc\nfoo = 1", TableUse.Source, out _);

        Assert.Equal([2 * 2 + 2, 3 * 2 + 1], said.All.Select(d => d.Span.Start));
    }
}
