using Serverless.Connectors.Tests.MySql;

[assembly: AssemblyFixture(typeof(MariaDb))]

namespace Serverless.Connectors.Tests.MySql;

/// <summary>
/// The MariaDB server that the tests share, started by the first that needs it. Its settings are the worst that a sink may meet: values are cut
/// off where they do not fit, the time zone is not UTC, and nothing is committed by itself.
/// </summary>
public sealed class MariaDb : IAsyncDisposable
{
    private readonly Certificates _certificates = new();
    private readonly Lazy<Task<MariaDbServer>> _server;

    public MariaDb() => _server = new(() => MariaDbServer.StartAsync(
        [.. _certificates.ServerSettings, "sql-mode=", "default-time-zone=+08:00", "autocommit=0"], CancellationToken.None));

    public Task<MariaDbServer> Server => _server.Value;

    /// <summary>The certificate of the authority that the server's is of.</summary>
    public string Authority => _certificates.Authority;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
        _certificates.Dispose();
    }
}
