using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.Sqlite;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Readers;

public sealed class SqliteTableReaderTests : TableReaderTest, IAsyncDisposable
{
    private static readonly TableDefinition Plain = Tables.Make([new("k", SqlType.String, false), new("n", SqlType.BigInt, false)], [0]);

    private readonly TempFolder _folder = new();
    private readonly SqliteFile _file;

    public SqliteTableReaderTests() => _file = new SqliteFile(_folder["results.db"]);

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task<ITableReader> TableAsync(TableDefinition table, IReadOnlyList<RowChange> rows)
    {
        await using var sink = new SqliteSink(_file, table);
        await sink.OpenAsync(Token);
        Assert.Empty(await sink.WriteAsync(rows, Token));
        return new SqliteTableReader(_file.Path, table);
    }

    [Fact]
    public async Task Before_there_is_a_file_or_a_table_there_are_no_rows()
    {
        await using var reader = new SqliteTableReader(_file.Path, Plain);
        Assert.Empty((await reader.ReadAsync(new TableQuery { Limit = 1 }, Token)).Rows);
        Assert.False(File.Exists(_file.Path));

        await using var other = await TableAsync(Plain with { Name = "other" }, []);

        Assert.Empty((await reader.ReadAsync(new TableQuery { Limit = 1 }, Token)).Rows);
        Assert.Empty(await reader.ValuesAsync(0, 1, Token));
    }

    [Fact]
    public async Task Rows_that_are_written_meanwhile_are_read()
    {
        await using var reader = await TableAsync(Plain, [Upsert("a", 1L)]);
        Assert.Equal([["a", "1"]], (await reader.ReadAsync(new TableQuery { Limit = 5 }, Token)).Rows);

        await using var again = await TableAsync(Plain, [Upsert("a", 2L), Upsert("b", 3L)]);

        Assert.Equal([["a", "2"], ["b", "3"]], (await reader.ReadAsync(new TableQuery { Limit = 5 }, Token)).Rows);
    }

    [Fact]
    public async Task What_is_no_SQLite_file_is_an_error_in_words()
    {
        await File.WriteAllTextAsync(_file.Path, new string('x', 5000), Token);
        await using var reader = new SqliteTableReader(_file.Path, Plain);

        var error = await Assert.ThrowsAsync<ConnectorException>(() => reader.ReadAsync(new TableQuery { Limit = 1 }, Token));

        Assert.StartsWith($"cannot read table 't' in '{_file.Path}': ", error.Message, StringComparison.Ordinal);
    }
}
