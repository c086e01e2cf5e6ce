using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Serverless.Local.Web;

/// <summary>Where the dashboard is served: <c>127.0.0.1:5080</c>, <c>[::1]:5080</c>, <c>localhost:5080</c>, <c>0.0.0.0:8080</c>.</summary>
/// <param name="Address">The address of this machine.</param>
/// <param name="Port">The port; 0 for any that is free.</param>
internal sealed record ListenAddress(IPAddress Address, int Port)
{
    /// <summary>Where it is served unless told otherwise.</summary>
    public static ListenAddress Default { get; } = new(IPAddress.Loopback, 5080);

    /// <summary>Whether only this machine gets there.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads an address; false where it is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
            return false;
        var host = text[..colon];
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            address = new ListenAddress(IPAddress.Loopback, port);
        // An IPv6 address without brackets could be one with or without the port; 127.1 is one that nobody means.
        else if (IPAddress.TryParse(host, out var ip) && (host[0] == '[') == host.Contains(':', StringComparison.Ordinal) && (host[0] == '[' || host.Count(c => c == '.') == 3))
            address = new ListenAddress(ip, port);
        return address is not null;
    }

    /// <inheritdoc />
    public override string ToString() => new IPEndPoint(Address, Port).ToString();
}
