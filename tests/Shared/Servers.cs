using Serverless.Testing;
using Serverless.TestServers;

[assembly: AssemblyFixture(typeof(PostgreSqlFixture))]
[assembly: AssemblyFixture(typeof(MariaDbFixture))]

namespace Serverless.Testing;

/// <summary>The PostgreSQL server of all tests here: started by the first that asks, stopped behind the last.</summary>
public sealed class PostgreSqlFixture : IAsyncLifetime
{
    private readonly Lazy<Task<PostgreSqlServer>> _server = new(() => PostgreSqlServer.StartAsync([], CancellationToken.None));
    private int _databases;

    /// <summary>The server.</summary>
    public Task<PostgreSqlServer> ServerAsync() => _server.Value;

    /// <summary>The server, and the name of a new database in it, which no other test uses.</summary>
    public async Task<(PostgreSqlServer Server, string Database)> DatabaseAsync(CancellationToken cancellationToken)
    {
        var (server, name) = (await ServerAsync(), $"db{Interlocked.Increment(ref _databases)}");
        await server.CreateDatabaseAsync(name, cancellationToken);
        return (server, name);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
    }
}

/// <summary>
/// The MariaDB server of all tests here: started by the first that asks, stopped behind the last. Its settings are the worst that a sink may meet:
/// it cuts off values that do not fit, and its time zone is not UTC. It has TLS.
/// </summary>
public sealed class MariaDbFixture : IAsyncLifetime
{
    private readonly ServerCertificate _certificate = ServerCertificate.Make(TestServer.Host);
    private readonly TempFolder _folder = new();
    private readonly Lazy<Task<MariaDbServer>> _server;
    private int _databases;

    public MariaDbFixture() => _server = new(() => MariaDbServer.StartAsync(["sql-mode=", "default-time-zone=+08:00"], CancellationToken.None, _certificate));

    /// <summary>The file of the authority that the server's certificate is of.</summary>
    public string Authority => _folder.Write("ca.pem", _certificate.Authority);

    /// <summary>The server.</summary>
    public Task<MariaDbServer> ServerAsync() => _server.Value;

    /// <summary>The server, and the name of a new database in it, which no other test uses.</summary>
    public async Task<(MariaDbServer Server, string Database)> DatabaseAsync(CancellationToken cancellationToken)
    {
        var (server, name) = (await ServerAsync(), $"db{Interlocked.Increment(ref _databases)}");
        await server.CreateDatabaseAsync(name, cancellationToken);
        return (server, name);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
        _folder.Dispose();
    }
}
