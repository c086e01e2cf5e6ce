using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Globalization;

namespace Serverless.Connectors.Kafka;

/// <summary>Asks a broker for its certificate, and says why it is not trusted: the client library only says that it is not.</summary>
internal static class CertificateProbe
{
    private const int MostNames = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Returns what is wrong with a broker's certificate, with what to do; null if nothing is, or the broker does not show it.</summary>
    /// <param name="broker">The broker's host and port.</param>
    /// <param name="settings">What is trusted.</param>
    public static string? Explain(string broker, KafkaSettings settings)
    {
        var colon = broker.LastIndexOf(':');
        var host = broker[..colon].Trim('[', ']').TrimEnd('.');
        string? problem = null;
        try
        {
            using var client = new TcpClient();
            client.Connect(host, int.Parse(broker.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture));
            client.ReceiveTimeout = client.SendTimeout = (int)Patience.TotalMilliseconds;
            using var tls = new SslStream(client.GetStream());
            tls.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = host,
                CertificateChainPolicy = PolicyOf(settings),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    problem = certificate is X509Certificate2 shown && chain is not null ? ProblemOf(broker, host, shown, chain, errors, settings) : null;
                    return false;
                },
            });
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or CryptographicException or FormatException or OverflowException)
        {
            // What is asked is answered before it is refused.
        }
        return problem;
    }

    private static X509ChainPolicy PolicyOf(KafkaSettings settings)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (settings.TrustedCertificates() is { } trusted)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.ImportFromPem(trusted);
        }
        return policy;
    }

    private static string? ProblemOf(string broker, string host, X509Certificate2 certificate, X509Chain chain, SslPolicyErrors errors, KafkaSettings settings)
    {
        foreach (var element in chain.ChainElements)
            if (element.ChainElementStatus.Any(s => s.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)))
                return DatesOf(broker, element.Certificate, isBrokers: element.Certificate.Equals(certificate));
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
            return $"the certificate of {broker} is signed by '{Cut(certificate.Issuer)}', which is none of the authorities in {settings.TrustedFrom}: add the certificate of the authority that signed it";
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? $"the certificate of {broker} is made out to {NamesOf(certificate)}, not to '{host}': use a name in 'properties.bootstrap.servers' and the brokers' 'advertised.listeners' that it has, or have one made out to '{host}'"
            : null;
    }

    private static string DatesOf(string broker, X509Certificate2 certificate, bool isBrokers)
    {
        var whose = isBrokers ? $"the certificate of {broker}" : $"the certificate of '{Cut(certificate.Subject)}', which signed that of {broker},";
        return certificate.NotAfter < DateTime.Now
            ? string.Create(CultureInfo.InvariantCulture, $"{whose} expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}: renew it")
            : string.Create(CultureInfo.InvariantCulture, $"{whose} is valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd} on only: check this machine's clock");
    }

    private static string NamesOf(X509Certificate2 certificate)
    {
        var alternatives = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().ToList();
        var names = alternatives.SelectMany(a => a.EnumerateDnsNames().Concat(a.EnumerateIPAddresses().Select(i => i.ToString()))).ToList();
        if (names.Count == 0)
            names.Add(certificate.Subject);
        return string.Join(", ", names.Take(MostNames).Select(n => $"'{Cut(n)}'")) + (names.Count > MostNames ? $" and {names.Count - MostNames} more" : "");
    }

    // Who wrote it is not known.
    private static string Cut(string text) => text.Length <= 100 ? text : $"{text[..100]}…";
}
