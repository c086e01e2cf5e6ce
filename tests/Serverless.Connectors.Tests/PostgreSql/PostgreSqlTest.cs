using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.PostgreSql;

/// <summary>A test with a database of its own.</summary>
public abstract class PostgreSqlTest(PostgreSqlFixture fixture) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _parts = [];

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    internal PostgreSqlServer Server { get; private set; } = null!;

    internal string Database { get; private set; } = "";

    internal DatabaseAddress Address => AddressOf(Server) with { Database = Database };

    /// <summary>A table <c>t</c> with a text key <c>k</c> and a BIGINT <c>n</c>.</summary>
    internal static SinkTable Plain { get; } = Table([new("k", SqlType.String, true), new("n", SqlType.BigInt, false)], 0);

    public virtual async ValueTask InitializeAsync() => (Server, Database) = await fixture.DatabaseAsync(Token);

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_parts))
            await part.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static DatabaseAddress AddressOf(PostgreSqlServer server) =>
        new(TestServer.Host, server.Port, "postgres", PostgreSqlServer.Username, PostgreSqlServer.Password, TlsMode.Preferred) { ConnectTimeout = TimeSpan.FromSeconds(5) };

    internal static SinkTable Table(TableColumn[] columns, params int[] key) => new(Tables.Make(columns, key), null, "t") { MaxRows = 1000 };

    internal static RowChange Upsert(params object?[] values) => UpsertAt(1, values);

    internal static RowChange UpsertAt(long version, params object?[] values) => new($"{values[0]}", new RowVersion(0, 0, version), false, values);

    internal static RowChange Delete(params object?[] values) => DeleteAt(2, values);

    internal static RowChange DeleteAt(long version, params object?[] values) => new($"{values[0]}", new RowVersion(0, 0, version), true, values);

    internal Task ExecuteAsync(string sql) => Server.ExecuteAsync(Database, sql, Token);

    internal Task<string[]> QueryAsync(string sql) => Server.QueryAsync(Database, sql, Token);

    internal Task CreatePlainAsync() => ExecuteAsync("CREATE TABLE t (k varchar(10) PRIMARY KEY, n bigint)");

    internal Task<string[]> PlainAsync() => QueryAsync("SELECT k, n FROM t ORDER BY k");

    internal T Keep<T>(T part) where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }

    internal ISink Sink(SinkTable table, DatabaseAddress? address = null) => Keep(
        new DatabaseTarget(table, address ?? Address, new PostgreSqlDialect(), () => new PostgreSqlDatabase(table, address ?? Address)).CreateSink(NullLogger.Instance));

    internal async Task<ISink> OpenAsync(SinkTable table, DatabaseAddress? address = null)
    {
        var sink = Sink(table, address);
        await sink.OpenAsync(Token);
        return sink;
    }

    internal static async Task WriteAsync(ISink sink, params RowChange[] changes) => Assert.Empty(await sink.WriteAsync(changes, Token));
}
