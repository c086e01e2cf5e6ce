using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Serverless.TestServers.Kafka;

/// <summary>A port of loopback that stands in for one broker.</summary>
internal sealed class BrokerListener : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<ClientConnection, Task> _connections = new();
    private readonly Task _accepting;

    public BrokerListener(IPEndPoint broker, BrokerSecurity security, Func<IPEndPoint, IPEndPoint> replace)
    {
        _listener.Start();
        _accepting = AcceptAsync(broker, security, replace);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Cuts the connections of a user.</summary>
    public void Cut(string user)
    {
        foreach (var connection in _connections.Keys.Where(c => c.User == user))
            connection.Cut();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync(IPEndPoint broker, BrokerSecurity security, Func<IPEndPoint, IPEndPoint> replace)
    {
        try
        {
            while (true)
            {
                var connection = new ClientConnection(await _listener.AcceptTcpClientAsync(_closing.Token), broker, security, replace);
                _connections[connection] = ServeAsync(connection);
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private async Task ServeAsync(ClientConnection connection)
    {
        await Task.Yield();
        await connection.ServeAsync(_closing.Token);
        _connections.TryRemove(connection, out _);
    }
}
