using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.Hologres;
using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests;

public sealed class HologresOptionsTests
{
    private const string Hologres = "connector = hologres\ndbname = mydb\nendpoint = h.example:80\ntablename = consume\nusername = u\npassword = ${PW}";

    [Fact]
    public void Without_options_rows_are_upserted_and_deleted_in_batches_of_256_and_the_connection_is_encrypted()
    {
        var table = TableOf("");
        var address = AddressOf("");

        Assert.Equal((256, 2L << 20, DeleteStrategy.Delete), (table.MaxRows, table.MaxBytes, table.Deletes));
        Assert.Equal((null, "consume", null, null), (table.Schema, table.Name, table.VersionColumn, table.CheckAndPut));
        Assert.False(table.IgnoresNull || table.RemovesNul);
        Assert.Equal(("h.example:80/mydb", "u", "secret", TlsMode.Required), (address.Place, address.Username, address.Password, address.Tls));
        Assert.DoesNotContain("secret", address.ToString(), StringComparison.Ordinal);
        Assert.Null(Factory().FlushIntervalOf(Tables.With(Hologres)));
    }

    [Theory]
    [InlineData("jdbcWriteBatchSize = 7\njdbcWriteBatchByteSize = 1000\njdbcWriteFlushInterval = 1500")]
    [InlineData("sink.insert.batch-size = 7\nsink.insert.batch-byte-size = 1000\nsink.insert.flush-interval-ms = 1500")]
    [InlineData("SINK.BUFFER-FLUSH.MAX-ROWS = 7\njdbcwritebatchbytesize = 1000\nsink.buffer-flush.interval = 1500 ms")]
    [InlineData("sink.buffer-flush.max-rows = ${SEVEN}\nsink.insert.batch-byte-size = 1000\njdbcWriteFlushInterval = 1500")]
    public void Batches_are_as_large_as_any_spelling_says(string options)
    {
        var table = TableOf(options);

        Assert.Equal((7, 1000L), (table.MaxRows, table.MaxBytes));
        Assert.Equal(TimeSpan.FromMilliseconds(1500), Factory().FlushIntervalOf(Tables.With($"{Hologres}\n{options}")));
        Assert.Empty(Check(options));
    }

    [Theory]
    [InlineData("check-and-put.column = amount", ">", null)]
    [InlineData("sink.insert.check-and-put.column = amount\nsink.insert.check-and-put.operator = less_or_equal\nsink.insert.check-and-put.null-as = 0", "<=", "0")]
    [InlineData("sink.check-and-put.column = amount\nsink.check-and-put.operator = IS_NOT_NULL", "IS NOT NULL", null)]
    public void A_row_is_compared_as_any_spelling_says_with_a_notice(string options, string operation, string? nullAs)
    {
        Assert.Equal(new CheckAndPut(1, operation, nullAs), TableOf(options).CheckAndPut);
        Assert.Equal([Severity.Notice], Check(options).Select(d => d.Severity));
    }

    [Theory]
    [InlineData("ignoredelete = true", DeleteStrategy.Ignore)]
    [InlineData("sink.ignore-delete = true", DeleteStrategy.Ignore)]
    [InlineData("ignoreDelete = false", DeleteStrategy.Delete)]
    [InlineData("sink.delete-strategy = IGNORE_DELETE", DeleteStrategy.Ignore)]
    [InlineData("sink.delete-strategy = NON_PK_FIELD_TO_NULL", DeleteStrategy.SetNull)]
    [InlineData("sink.delete-strategy = delete_row_on_pk", DeleteStrategy.Delete)]
    [InlineData("sink.delete-strategy = CHANGELOG_STANDARD", DeleteStrategy.Delete)]
    [InlineData("ignoredelete = true\nsink.delete-strategy = DELETE_ROW_ON_PK", DeleteStrategy.Delete)]
    public void Deletes_are_dealt_with_as_any_spelling_says(string options, object deletes) => Assert.Equal((DeleteStrategy)deletes, TableOf(options).Deletes);

    [Theory]
    [InlineData("ignoreNullWhenUpdate = true")]
    [InlineData("sink.ignore-null-when-update.enabled = true")]
    [InlineData("sink.ignore-null-when-update-by-expr.enabled = true")]
    public void A_NULL_is_ignored_as_any_spelling_says_with_a_notice(string options)
    {
        Assert.True(TableOf(options).IgnoresNull);
        Assert.Equal([Severity.Notice], Check(options).Select(d => d.Severity));
    }

    [Theory]
    [InlineData("remove-u0000-in-text.enabled = true")]
    [InlineData("sink.remove-u0000-in-text.enabled = TRUE")]
    public void U_0000_is_removed_as_any_spelling_says(string options)
    {
        Assert.True(TableOf(options).RemovesNul);
        Assert.Empty(Check(options));
    }

    [Theory]
    [InlineData("mutatetype = insertorreplace")]
    [InlineData("mutateType = InsertOrUpdate")]
    [InlineData("sink.on-conflict-action = INSERT_OR_UPDATE")]
    [InlineData("sink.on-conflict-action = INSERT_OR_REPLACE")]
    [InlineData("sink.version-column = v\nsink.parallelism = 2")]
    [InlineData("connection.ssl.mode = verify-full\nconnection.ssl.root-cert.location = /a.crt")]
    [InlineData("createparttable = false\nconnection.akv4.enabled = false")]
    public void Options_that_are_as_rows_are_written_have_no_more_than_notices(string options)
    {
        _ = TableOf(options);
        Assert.DoesNotContain(Check(options), d => d.Severity > Severity.Notice);
    }

    [Theory]
    [InlineData("mutatetype = insertorignore", "'mutatetype' would freeze each row at its first value, while a group's row changes as events come; write 'insertorupdate' (VVR 11: 'INSERT_OR_UPDATE')")]
    [InlineData("sink.on-conflict-action = INSERT_OR_IGNORE", "'sink.on-conflict-action' would freeze each row at its first value, while a group's row changes as events come; write 'insertorupdate' (VVR 11: 'INSERT_OR_UPDATE')")]
    [InlineData("mutatetype = insertorreplace\npartial-insert.enabled = true", "'partial-insert.enabled' goes with 'mutatetype' = 'insertorupdate' only: 'insertorreplace' replaces the whole row")]
    [InlineData("sink.partial-insert.enabled = ${P}", "'sink.partial-insert.enabled' must be 'true' or 'false' in the script: it decides what the INSERT means")]
    [InlineData("jdbcEnableDefaultForNotNullColumn = true", "'jdbcEnableDefaultForNotNullColumn' can only be 'false': a NULL is written as NULL, so write what it is to become into the query, as in COALESCE(c, 0)")]
    [InlineData("type-mapping.timestamp-converting.legacy = true", "'type-mapping.timestamp-converting.legacy' can only be 'false': times are converted by 'table.local-time-zone', never by a machine's zone")]
    [InlineData("mutatetype = upsert", "'mutatetype' must be 'insertorupdate' or 'insertorreplace' (VVR 11: 'INSERT_OR_UPDATE' or 'INSERT_OR_REPLACE')")]
    [InlineData("mutatetype = insertorupdate\nsink.on-conflict-action = INSERT_OR_UPDATE", "'sink.on-conflict-action' and 'mutatetype' are the same option; keep one")]
    [InlineData("jdbcWriteBatchSize = 7\nsink.buffer-flush.max-rows = 8", "'sink.buffer-flush.max-rows' and 'jdbcWriteBatchSize' are the same option; keep one")]
    [InlineData("jdbcWriteBatchSize = 0", "'jdbcWriteBatchSize' must be a whole number of at least 1")]
    [InlineData("jdbcWriteBatchByteSize = 2 MB", "'jdbcWriteBatchByteSize' must be a whole number of bytes")]
    [InlineData("jdbcWriteFlushInterval = soon", "'jdbcWriteFlushInterval' must be a duration such as '1s' or '500ms'")]
    [InlineData("sink.delete-strategy = DELETE", "'sink.delete-strategy' must be 'CHANGELOG_STANDARD', 'DELETE_ROW_ON_PK', 'NON_PK_FIELD_TO_NULL' or 'IGNORE_DELETE'")]
    [InlineData("sink.version-column = amount", "'sink.version-column' must not be a column of table 't' in the script: it is one more column of the database's table (BIGINT), which is filled for you")]
    [InlineData("sink.version-column = ", "'sink.version-column' must not be empty")]
    [InlineData("check-and-put.column = sum", "'check-and-put.column' must be a column of table 't'")]
    [InlineData("check-and-put.column = appkey", "'check-and-put.column' must not be a column of the primary key, which is the same in both rows")]
    [InlineData("check-and-put.operator = GREATER", "'check-and-put.operator' needs the option 'check-and-put.column'")]
    [InlineData("sink.insert.check-and-put.null-as = 0", "'sink.insert.check-and-put.null-as' needs the option 'check-and-put.column'")]
    [InlineData("sink.insert.conflict-where = a > 1", "'sink.insert.conflict-where' cannot be used: use 'check-and-put.column', or 'sink.version-column' to keep older rows from newer ones")]
    [InlineData("connection.ssl.root-cert.location = /a.crt", "'connection.ssl.root-cert.location' needs 'connection.ssl.mode' = 'verify-full', or 'verify-ca': otherwise no certificate is looked at")]
    [InlineData("connection.ssl.mode = maybe", "'connection.ssl.mode' must be 'disable', 'require', 'verify-ca' or 'verify-full'")]
    [InlineData("sink.create-missing-partition = true", "'sink.create-missing-partition' can only be 'false': create the partitions in the database")]
    [InlineData("jdbcWriteBatchSizes = 7", "unknown option of 'hologres' 'jdbcWriteBatchSizes'; did you mean 'jdbcWriteBatchSize'?")]
    public void A_wrong_option_is_an_error_that_says_what_to_do(string options, string message) =>
        Assert.Equal([(Severity.Error, message)], Check(options).Where(d => d.Severity != Severity.Notice).Select(d => (d.Severity, d.Message)));

    [Theory]
    [InlineData("tablename = a.b.c")]
    [InlineData("tablename = my table")]
    public void What_is_no_tables_name_is_an_error(string option) => Assert.Equal(
        [(Severity.Error, "'tablename' must be a table's name, as in 'consume' or 'public.consume'; a part with other characters stands in double quotes")],
        Checked(Hologres.Replace("tablename = consume", option, StringComparison.Ordinal)).Select(d => (d.Severity, d.Message)));

    [Theory]
    [InlineData("connectionSize = 3", "'connectionSize' is ignored: rows go over one connection, with INSERT … ON CONFLICT over the PostgreSQL wire protocol")]
    [InlineData("sink.write-mode = COPY_STREAM", "'sink.write-mode' is ignored: rows go over one connection, with INSERT … ON CONFLICT over the PostgreSQL wire protocol")]
    [InlineData("aggressive.enabled = true", "'aggressive.enabled' is ignored: rows are batched by 'jdbcWriteBatchSize', 'jdbcWriteBatchByteSize' and 'jdbcWriteFlushInterval'")]
    [InlineData("partitionrouter = true", "'partitionrouter' is ignored: the database puts a row into its partition")]
    [InlineData("deduplication.enabled = false", "'deduplication.enabled' is ignored: the newest row of a key is written, once a batch")]
    [InlineData("ignoredelete = true", "'ignoredelete' = 'true': the table keeps rows that the query no longer has (where HAVING is no longer true), as they last were; which, depends on the order of the records")]
    [InlineData("sink.delete-strategy = IGNORE_DELETE", "'sink.delete-strategy' = 'IGNORE_DELETE': the table keeps rows that the query no longer has (where HAVING is no longer true), as they last were; which, depends on the order of the records")]
    [InlineData("sink.delete-strategy = NON_PK_FIELD_TO_NULL", "'sink.delete-strategy' = 'NON_PK_FIELD_TO_NULL': a row that the query no longer has stays, with nothing but its key")]
    [InlineData("ignoredelete = true\nsink.delete-strategy = DELETE_ROW_ON_PK", "'ignoredelete' is ignored: 'sink.delete-strategy' says what becomes of deleted rows")]
    [InlineData("connection.ssl.mode = require", "'connection.ssl.mode' = 'require' encrypts and verifies nothing: whoever stands in between may present any certificate; write 'verify-full', and the file of the authority's certificate (PEM) as 'connection.ssl.root-cert.location' unless the system trusts it")]
    [InlineData("ignoreNullWhenUpdate = true", "'ignoreNullWhenUpdate': a column that becomes NULL keeps the value that it had in the table")]
    public void What_is_ignored_or_changes_what_the_table_holds_is_a_notice(string options, string message) =>
        Assert.Equal([(Severity.Notice, message)], Check(options).Select(d => (d.Severity, d.Message)));

    [Theory]
    [InlineData("h.example:80", "disable", TlsMode.None, true)]
    [InlineData("${ENDPOINT}", "disable", TlsMode.None, true)]
    [InlineData("127.0.0.1:5432", "disable", TlsMode.None, false)]
    [InlineData("h.example:80", null, TlsMode.Required, false)]
    [InlineData("h.example:80", "require", TlsMode.Required, false)]
    [InlineData("h.example:80", "verify-ca", TlsMode.VerifyCa, false)]
    [InlineData("h.example:80", "VERIFY-FULL", TlsMode.VerifyFull, false)]
    [InlineData("localhost:5432", null, TlsMode.Preferred, false)]
    [InlineData("127.0.0.2:5432", null, TlsMode.Preferred, false)]
    [InlineData("[::1]:5432", null, TlsMode.Preferred, false)]
    [InlineData("localhost.example:5432", null, TlsMode.Required, false)]
    [InlineData("localhost:5432", "require", TlsMode.Required, false)]
    public void A_connection_that_leaves_the_machine_is_encrypted_unless_the_script_says_otherwise(string endpoint, string? mode, object tls, bool isWarned)
    {
        var options = Hologres.Replace("h.example:80", endpoint, StringComparison.Ordinal) + (mode is null ? "" : $"\nconnection.ssl.mode = {mode}");

        Assert.Equal((TlsMode)tls, HologresSettings.AddressOf(Values(options)).Tls);
        Assert.Equal(isWarned ? [Severity.Warning] : [], Checked(options).Where(d => d.Severity > Severity.Notice).Select(d => d.Severity));
    }

    [Theory]
    [InlineData("endpoint", "h.example", "'endpoint' must be 'host:port'")]
    [InlineData("tablename", "a b", "'tablename' must be a table's name, as in 'consume' or 'public.consume'; a part with other characters stands in double quotes")]
    [InlineData("password", "", "'password' must not be empty")]
    public void A_setting_with_a_wrong_value_is_an_error_when_the_sink_is_made(string option, string value, string message)
    {
        var lines = Hologres.Split('\n').Select(l => l.StartsWith(option, StringComparison.Ordinal) ? option + " = ${BAD}" : l);

        var error = Assert.Throws<ConnectorException>(() => Factory(value).CreateSink(Tables.With(string.Join('\n', lines))));

        Assert.Equal($"table 't': {message}", error.Message);
    }

    [Theory]
    [InlineData("sink.version-column = ${BAD}", "amount", "'sink.version-column' must not be a column of table 't' in the script: it is one more column of the database's table (BIGINT), which is filled for you")]
    [InlineData("check-and-put.column = ${BAD}", "nothing", "'check-and-put.column' must be a column of table 't'")]
    [InlineData("mutatetype = ${BAD}", "insertorignore", "'mutatetype' would freeze each row at its first value, while a group's row changes as events come; write 'insertorupdate' (VVR 11: 'INSERT_OR_UPDATE')")]
    [InlineData("jdbcWriteBatchSize = ${BAD}", "0", "'jdbcWriteBatchSize' must be a whole number of at least 1")]
    public void An_option_that_a_setting_makes_wrong_is_an_error_when_the_sink_is_made(string option, string value, string message)
    {
        var error = Assert.Throws<ConnectorException>(() => Factory(value).CreateSink(Tables.With($"{Hologres}\n{option}")));

        Assert.Equal($"table 't': {message}", error.Message);
    }

    [Fact]
    public async Task A_sink_is_made_without_connecting()
    {
        await using var sink = Factory().CreateSink(Tables.With($"{Hologres}\nsink.insert.batch-size = 9"), TimeSpan.FromDays(1));

        Assert.Equal(9, Assert.IsType<DatabaseSink>(sink).MaxRows);
    }

    [Fact]
    public void A_missing_setting_is_named()
    {
        var factory = new ConnectorFactory(_ => null, NullLoggerFactory.Instance);

        var error = Assert.Throws<ConnectorException>(() => factory.CreateSink(Tables.With(Hologres)));

        Assert.StartsWith("option 'password' needs the setting 'PW', which is not set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_a_schema_is_found_and_the_time_to_live_is_passed_on()
    {
        var timeToLive = TimeSpan.FromDays(1);
        var options = Hologres.Replace("= consume", "= Sales.\"Consume\"", StringComparison.Ordinal) + "\nsink.version-column = v";

        var table = HologresSettings.TableOf(Tables.With(options), Values(options), timeToLive);

        Assert.Equal(("sales", "Consume", "sales.Consume", "v", timeToLive), (table.Schema, table.Name, table.FullName, table.VersionColumn, table.TimeToLive));
    }

    private static SinkTable TableOf(string options) => HologresSettings.TableOf(Tables.With($"{Hologres}\n{options}"), Values($"{Hologres}\n{options}"), null);

    private static DatabaseAddress AddressOf(string options) => HologresSettings.AddressOf(Values($"{Hologres}\n{options}"));

    private static OptionValues Values(string options) => new(Tables.With(options), new Placeholders(Setting));

    private static string? Setting(string name) => name switch { "PW" => "secret", "SEVEN" => "7", "ENDPOINT" => "h.example:80", _ => null };

    private static ConnectorFactory Factory(string? bad = null) => new(name => name == "BAD" ? bad : Setting(name), NullLoggerFactory.Instance);

    private static IReadOnlyList<Diagnostic> Check(string options) => Checked($"{Hologres}\n{options}");

    private static IReadOnlyList<Diagnostic> Checked(string options) => [.. Tables.Check(options, TableUse.Sink, out _).All];
}
