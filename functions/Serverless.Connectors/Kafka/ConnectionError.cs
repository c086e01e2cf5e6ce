using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>What the client library says of a connection: its errors have few codes, and the fault is in their text.</summary>
/// <param name="Fault">What has to be done about it.</param>
/// <param name="Broker">The broker's host and port; null if it is not about one.</param>
/// <param name="Reason">The library's own words, without the broker and without how long it took.</param>
internal sealed partial record ConnectionError(ConnectionFault Fault, string? Broker, string Reason)
{
    // The first bytes of a TLS alert, where a length is expected.
    private const string TlsAlert = "Invalid response size 3525";

    // Milliseconds within which a broker hangs up on who asks for something without a login.
    private const int AtOnce = 500;

    /// <summary>Whether there was no connection at all: then this is the cause, and the library finds no better one a moment later.</summary>
    public bool IsWithoutConnection => Fault == ConnectionFault.Unreachable && (Reason.StartsWith("Connect to ", StringComparison.Ordinal) || Reason.StartsWith("Failed to resolve ", StringComparison.Ordinal));

    /// <summary>Reads an error.</summary>
    public static ConnectionError Of(Error error)
    {
        var match = Parts().Match(error.Reason);
        var reason = match.Groups["reason"].Value;
        return new ConnectionError(FaultOf(error.Code, reason, match.Groups), match.Groups["broker"] is { Success: true } broker ? broker.Value : null, reason);
    }

    /// <summary>Returns an error without what its text guesses: to who was let in before, a broker that hangs up is one that goes down.</summary>
    public static Error WithoutGuess(Error error) => error.Code == ErrorCode.Local_Transport ? new Error(error.Code, Guess().Replace(error.Reason, "")) : error;

    private static ConnectionFault FaultOf(ErrorCode code, string reason, GroupCollection parts)
    {
        return code switch
        {
            ErrorCode.UnsupportedSaslMechanism => ConnectionFault.Mechanism,
            ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.IllegalSaslState => reason switch
            {
                _ when Has("mechanism handshake failed") => ConnectionFault.Mechanism,
                _ when Has("not supported by broker") => ConnectionFault.NoUsers,
                _ when Has("OAUTHBEARER token") => ConnectionFault.Token,
                _ => ConnectionFault.Login,
            },
            ErrorCode.Local_Ssl => reason switch
            {
                _ when Has("certificate verify failed") || Has("broker certificate") => ConnectionFault.Certificate,
                _ when IsClientCertificate() || Has("client SSL authentication") => ConnectionFault.ClientCertificate,
                _ when Has("wrong version number") || Has("packet length too long") || Has("record layer failure") => ConnectionFault.NoTls,
                _ => ConnectionFault.Tls,
            },
            ErrorCode.Local_BadMsg when Has(TlsAlert) => ConnectionFault.TlsMissing,
            ErrorCode.Local_Transport => reason switch
            {
                _ when Has(TlsAlert) || Has("connecting to a SSL listener?") => ConnectionFault.TlsMissing,
                _ when Has("connecting to a PLAINTEXT broker listener?") => ConnectionFault.NoTls,
                _ when Has("might require SASL authentication") => ConnectionFault.LoginMissing,
                _ when IsClientCertificate() => ConnectionFault.ClientCertificate,
                _ when Has("Disconnected") => HangUp(parts["protocol"].Value, parts["state"].Value, parts["time"].Value),
                _ => ConnectionFault.Unreachable,
            },
            ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve => ConnectionFault.Unreachable,
            _ => ConnectionFault.None,
        };

        bool Has(string words) => reason.Contains(words, StringComparison.OrdinalIgnoreCase);

        bool IsClientCertificate() => Has(" alert ") && (Has("certificate") || Has("unknown ca"));
    }

    // What a broker means by hanging up, after so many milliseconds in a state.
    private static ConnectionFault HangUp(string protocol, string state, string time) => (protocol, state) switch
    {
        ("" or "plaintext" or "sasl_plaintext", "APIVERSION_QUERY") => ConnectionFault.TlsMissing,
        ("ssl", "APIVERSION_QUERY") => ConnectionFault.ClientCertificate,
        ("" or "plaintext" or "ssl", "UP") when int.Parse(time, CultureInfo.InvariantCulture) < AtOnce => ConnectionFault.LoginMissing,
        _ => ConnectionFault.Unreachable,
    };

    [GeneratedRegex(@"(?:: requesting ApiVersion.*|: connecting to a .*|: verify that security.protocol.*| \(after \d+ms in state .*)$", RegexOptions.Singleline)]
    private static partial Regex Guess();

    [GeneratedRegex(@"^(?:(?:(?<protocol>[a-z_]+)://)?(?<broker>[^\s/]+:\d+)/[^:]*: |GroupCoordinator(?:/\d+)?: (?:(?<broker>[^\s/]+:\d+): )?)?(?<reason>.*?)(?: \(after (?<time>\d+)ms in state (?<state>\w+).*\))?$", RegexOptions.Singleline)]
    private static partial Regex Parts();
}
