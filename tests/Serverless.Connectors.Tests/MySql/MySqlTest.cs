using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.MySql;

/// <summary>A test with a database of its own on a server.</summary>
public abstract class MySqlTest : IAsyncLifetime
{
    private readonly List<ISink> _sinks = [];

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    internal string Database { get; private set; } = "";

    internal MariaDbServer Server { get; private set; } = null!;

    internal DatabaseAddress Address => new(TestServer.Host, Server.Port, Database, MariaDbServer.Username, MariaDbServer.Password, TlsMode.Preferred)
    {
        StatementTimeout = TimeSpan.FromSeconds(4),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    };

    /// <summary>A table <c>t</c> of a BIGINT key <c>id</c> and a STRING <c>name</c>.</summary>
    internal static SinkTable Plain { get; } = Table([new("id", SqlType.BigInt, true), new("name", SqlType.String, false)], 0);

    /// <summary>The server, and the name of a new database in it.</summary>
    protected abstract Task<(MariaDbServer Server, string Database)> StartAsync();

    public async ValueTask InitializeAsync() => (Server, Database) = await StartAsync();

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var sink in _sinks)
            await sink.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal static SinkTable Table(TableColumn[] columns, params int[] key) => new(Tables.Make(columns, key), null, "t") { MaxRows = 1000 };

    internal static RowChange Upsert(long version, params object?[] values) => new($"{values[0]}", new RowVersion(0, 0, version), false, values);

    internal static RowChange Delete(long version, params object?[] values) => new($"{values[0]}", new RowVersion(0, 0, version), true, values);

    internal Task ExecuteAsync(string sql) => Server.ExecuteAsync(Database, sql, Token);

    internal Task<string[]> QueryAsync(string sql) => Server.QueryAsync(Database, sql, Token);

    internal Task CreatePlainAsync() => ExecuteAsync("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(20)) CHARACTER SET utf8mb4");

    internal ISink Sink(SinkTable table, DatabaseAddress? address = null)
    {
        var sink = new DatabaseTarget(table, address ?? Address, new MySqlDialect(), () => new MySqlDatabase(table, address ?? Address)).CreateSink(NullLogger.Instance);
        _sinks.Add(sink);
        return sink;
    }

    internal async Task<ISink> OpenAsync(SinkTable table, DatabaseAddress? address = null)
    {
        var sink = Sink(table, address);
        await sink.OpenAsync(Token);
        return sink;
    }

    internal static async Task WriteAsync(ISink sink, params RowChange[] changes) => Assert.Empty(await sink.WriteAsync(changes, Token));
}
