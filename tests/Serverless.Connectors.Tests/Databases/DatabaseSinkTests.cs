using Microsoft.Extensions.Logging;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Databases;

public sealed class DatabaseSinkTests
{
    private static readonly SinkTable Table = new(Tables.Make([new("k", SqlType.String, true), new("v", SqlType.String, false)], [0]), "s", "t") { MaxRows = 4 };

    private readonly FakeDatabase _database = new();
    private readonly RecordingLogger _logger = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deletes_go_before_upserts_and_both_in_statements_of_at_most_so_many_rows()
    {
        Assert.Empty(await Sink().WriteAsync([.. Rows("abcdefghi"), Delete("x"), Delete("y")], Token));

        Assert.Equal(["connect", "delete x,y", "upsert a,b,c,d", "upsert e,f,g,h", "upsert i"], _database.Calls);
    }

    [Fact]
    public async Task Deletes_are_left_out_where_the_script_says_so()
    {
        await Sink(Table with { Deletes = DeleteStrategy.Ignore }).WriteAsync([.. Rows("a"), Delete("x")], Token);

        Assert.Equal(["connect", "upsert a"], _database.Calls);
    }

    [Fact]
    public async Task Statements_are_of_at_most_so_many_bytes_and_a_larger_row_goes_alone()
    {
        var text = new string('x', 100); // some 200 bytes
        RowChange[] rows = [Row("a", text), Row("b", text), Row("c", text), Row("d", new string('x', 1000)), Row("e", "x"), Row("f", "x")];

        await Sink(Table with { MaxBytes = 500 }).WriteAsync(rows, Token);

        Assert.Equal(["connect", "upsert a,b", "upsert c", "upsert d", "upsert e,f"], _database.Calls);
    }

    [Fact]
    public async Task A_bad_row_is_found_in_some_twice_as_many_statements_as_its_batch_has_halves()
    {
        _database.Before = rows => Refuse(rows, "k777");

        var refused = await Sink(Table with { MaxRows = 1024 }).WriteAsync([.. Enumerable.Range(0, 1024).Select(i => Row($"k{i}"))], Token);

        Assert.Equal(("k777", "no k777"), Assert.Single(refused.Select(r => (r.Change.Key, r.Reason))));
        Assert.Equal(1023, _database.Rows.Count);
        Assert.Equal(1 + 1 + (2 * 10), _database.Calls.Count);
    }

    [Fact]
    public async Task Several_bad_rows_are_refused_each_with_its_own_reason_and_so_are_bad_deletes()
    {
        _database.Before = rows => Refuse(rows, "a", "d", "y");

        var refused = await Sink().WriteAsync([.. Rows("abcd"), Delete("x"), Delete("y")], Token);

        Assert.Equal(["no y", "no a", "no d"], refused.Select(r => r.Reason));
        Assert.Equal(["x", "b", "c"], _database.Rows);
    }

    [Fact]
    public async Task A_connection_that_was_lost_is_made_anew_once()
    {
        var sink = Sink();
        await sink.WriteAsync(Rows("a"), Token);
        var failures = 1;
        _database.Before = rows => { if (rows is not null && failures-- > 0) throw new DatabaseTrouble(DatabaseFailure.Connection); };

        Assert.Empty(await sink.WriteAsync(Rows("b"), Token));
        Assert.Equal(["connect", "upsert a", "upsert b", "connect", "upsert b"], _database.Calls);

        failures = 2;
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync(Rows("c"), Token));
        Assert.Equal("table 's.t' at h:1/d: trouble", error.Message);
        Assert.False(_database.IsConnected);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_made_is_not_tried_twice()
    {
        _database.Before = _ => throw new DatabaseTrouble(DatabaseFailure.Connection);

        await Assert.ThrowsAsync<SinkUnavailableException>(() => Sink().WriteAsync(Rows("a"), Token));

        Assert.Equal(["connect"], _database.Calls);
    }

    [Theory]
    [InlineData(DatabaseFailure.Passing)]
    [InlineData(DatabaseFailure.Setup)]
    public async Task What_passes_or_a_person_must_mend_is_the_callers_to_try_again_over_a_new_connection(object failure)
    {
        var sink = Sink();
        await sink.WriteAsync(Rows("a"), Token);
        _database.Before = _ => throw new DatabaseTrouble((DatabaseFailure)failure);

        await Assert.ThrowsAsync<SinkUnavailableException>(() => sink.WriteAsync(Rows("b"), Token));
        _database.Before = _ => { };
        await sink.WriteAsync(Rows("b"), Token);

        Assert.Equal(["connect", "upsert a", "upsert b", "connect", "upsert b"], _database.Calls);
    }

    [Fact]
    public async Task A_failure_while_halving_gives_the_whole_write_back()
    {
        _database.Before = rows =>
        {
            Refuse(rows, "b");
            if (rows is [{ Key: "c" }, ..])
                throw new DatabaseTrouble(DatabaseFailure.Passing);
        };

        await Assert.ThrowsAsync<SinkUnavailableException>(() => Sink().WriteAsync(Rows("abcd"), Token));
    }

    [Fact]
    public async Task Called_off_it_says_so_and_drops_the_connection()
    {
        _database.Before = rows => { if (rows is not null) throw new OperationCanceledException(); };

        await Assert.ThrowsAsync<OperationCanceledException>(() => Sink().WriteAsync(Rows("a"), Token));

        Assert.False(_database.IsConnected);
    }

    [Theory]
    [InlineData(DatabaseFailure.Connection, true)]
    [InlineData(DatabaseFailure.Passing, true)]
    [InlineData(DatabaseFailure.Setup, false)]
    [InlineData(DatabaseFailure.Rows, false)]
    public async Task Opening_tells_what_passes_from_what_a_person_must_mend(object failure, bool passes)
    {
        _database.Before = _ => throw new DatabaseTrouble((DatabaseFailure)failure);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Sink().OpenAsync(Token));

        Assert.Equal(passes ? typeof(SinkUnavailableException) : typeof(ConnectorException), error.GetType());
        Assert.Equal("table 's.t' at h:1/d: trouble", error.Message);
        Assert.False(_database.IsConnected);
    }

    [Fact]
    public async Task Opening_writes_no_rows_to_see_whether_it_could_and_warns_of_what_was_found()
    {
        await Sink(findings: [new TableDiagnostic(Severity.Warning, null, "careful")]).OpenAsync(Token);

        Assert.Equal(["connect", "upsert"], _database.Calls);
        Assert.Equal([(LogLevel.Warning, "careful")], _logger.Lines);
    }

    [Fact]
    public async Task A_table_that_is_not_as_the_script_needs_it_is_refused_with_all_that_is_wrong()
    {
        TableDiagnostic[] findings = [new(Severity.Error, 0, "one"), new(Severity.Warning, null, "careful"), new(Severity.Error, 1, "two")];

        var error = await Assert.ThrowsAsync<ConnectorException>(() => Sink(findings: findings).OpenAsync(Token));

        Assert.Equal("one\ntwo", error.Message);
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_made_where_that_is_wanted_and_no_other_is()
    {
        DatabaseSink Sink(Dialect? creates) => new(_database, Table, "h:1/d", actual => actual is null ? [new TableDiagnostic(Severity.Error, null, "there is none")] : [], _logger) { Creates = creates };

        await Assert.ThrowsAsync<ConnectorException>(() => Sink(null).OpenAsync(Token));
        await Sink(new MySqlDialect()).OpenAsync(Token);
        await Sink(new MySqlDialect()).OpenAsync(Token);

        Assert.Equal(["connect", "connect", "create", "upsert", "connect", "upsert"], _database.Calls);
        Assert.Equal([(LogLevel.Information, "Table s.t is made, at h:1/d")], _logger.Lines);
    }

    [Fact]
    public void A_stamp_goes_by_the_states_age_and_then_by_the_number_of_events()
    {
        var born = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
        long[] stamps =
        [
            Stamp(DateTimeOffset.UnixEpoch, 0), Stamp(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), 1), Stamp(born, 0), Stamp(born, 1),
            Stamp(born, 34_000_000_000), Stamp(born, long.MaxValue), Stamp(born.AddSeconds(10), 0), Stamp(new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero), long.MaxValue),
        ];

        Assert.Equal(0, stamps[0]);
        Assert.Equal(stamps.Distinct().Order(), stamps);

        static long Stamp(DateTimeOffset since, long events) => Table.StampOf(new RowChange("a", new RowVersion(since.ToUnixTimeMilliseconds(), 0, events), false, []));
    }

    private DatabaseSink Sink(SinkTable? table = null, params TableDiagnostic[] findings) => new(_database, table ?? Table, "h:1/d", _ => findings, _logger);

    private static void Refuse(IReadOnlyList<RowChange>? rows, params string[] bad)
    {
        if (rows?.FirstOrDefault(r => bad.Contains(r.Key)) is { } row)
            throw new DatabaseTrouble(DatabaseFailure.Rows, $"no {row.Key}");
    }

    private static RowChange[] Rows(string keys) => [.. keys.Select(k => Row($"{k}"))];

    private static RowChange Row(string key, string value = "v") => new(key, default, false, [key, value]);

    private static RowChange Delete(string key) => new(key, default, true, [key, null]);
}
