using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Serverless.Local.Commands;

/// <summary>Forwards a port to another one on this machine, because the embedded broker chooses its own port.</summary>
internal sealed class PortForward : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    private PortForward(TcpListener listener, IPEndPoint target)
    {
        (_listener, _target) = (listener, target);
        _accepting = AcceptAsync(_closing.Token);
    }

    /// <summary>Where it listens, as host and port.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Opens a port on loopback.</summary>
    /// <param name="port">The port.</param>
    /// <param name="target">Where its connections go, as address and port.</param>
    /// <exception cref="CommandException">It is taken.</exception>
    public static PortForward Open(int port, string target)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e)
        {
            listener.Dispose();
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"port {port} cannot be opened: {e.Message}; choose another with --port"), ExitCode.Failed);
        }
        return new PortForward(listener, IPEndPoint.Parse(target));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task AcceptAsync(CancellationToken closing)
    {
        var connections = new HashSet<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(closing);
                connections.RemoveWhere(c => c.IsCompleted);
                connections.Add(ConnectAsync(client, closing));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ConnectAsync(TcpClient client, CancellationToken closing)
    {
        using (client)
        using (var broker = new TcpClient())
        {
            try
            {
                await broker.ConnectAsync(_target, closing);
                // Whoever ends first ends both.
                await Task.WhenAny(client.GetStream().CopyToAsync(broker.GetStream(), closing), broker.GetStream().CopyToAsync(client.GetStream(), closing));
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                // The client sees its connection end, and tries again.
            }
        }
    }
}
