using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Dashboard;

namespace Serverless.Local.Web;

/// <summary>
/// Who may ask. With a token, whoever has it may have the data. Without one, whoever is on this machine may, but no page of another site: a name that
/// was made to lead here (DNS rebinding) is in the Host header.
/// </summary>
/// <param name="token">The token; null for none.</param>
internal sealed class Access(string? token)
{
    private const string Scheme = "Bearer ";

    private readonly byte[]? _hash = token is null ? null : Hash(token);

    /// <summary>Why a request is refused; null if it is not.</summary>
    public DashboardAnswer? Refuse(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
            return Refused(405, "only GET is answered", ("Allow", "GET"));
        if (_hash is null)
            return IsThisMachine(request.Host.Host) ? null : Refused(403, "this is served to 127.0.0.1, [::1] and localhost; ask for it by one of these names");
        return IsPublic(request.Path) || HasToken(request) ? null
            : Refused(401, $"this takes the token of {DashboardOptions.Token}; send it as Authorization: Bearer TOKEN", ("WWW-Authenticate", "Bearer"));
    }

    // The page's files hold no data.
    private static bool IsPublic(PathString path) => !path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase);

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    // Hashes are of one length, so that the time it takes says nothing, of the length neither.
    private bool HasToken(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(Hash(header[Scheme.Length..].Trim()), _hash);

    private static DashboardAnswer Refused(int status, string message, (string Name, string Value)? header = null)
    {
        var answer = DashboardApi.Error(status, message);
        return header is { } more ? answer with { Headers = new Dictionary<string, string>(answer.Headers) { [more.Name] = more.Value } } : answer;
    }
}
