using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Serverless.Local.Web;

/// <summary>How the dashboard is to be served.</summary>
/// <param name="Address">Where.</param>
/// <param name="MayMove">Whether any free port will do where that one is taken.</param>
/// <param name="Token">What who asks for data must know; null for nothing.</param>
internal sealed record DashboardChoice(ListenAddress Address, bool MayMove, string? Token)
{
    /// <summary>Checks early whether the dashboard can be served as asked. Another process may still take the port afterwards.</summary>
    /// <exception cref="CommandException">The address cannot be listened on.</exception>
    public void EnsureFree()
    {
        if (MayMove)
            return;
        try
        {
            // As the server does, so that they never differ in what is free.
            SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(Address.Address, Address.Port)).Dispose();
        }
        catch (SocketException e)
        {
            throw Refusal(e.Message);
        }
    }

    /// <summary>The error where the address cannot be listened on.</summary>
    /// <param name="reason">Why.</param>
    public CommandException Refusal(string reason) => new($"cannot serve the dashboard at {Address}: {reason}; choose another address with --listen, or --no-dashboard");

    /// <summary>Prints without the token.</summary>
    public override string ToString() => Address.ToString();
}
