using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Connectors.Databases.Common;

/// <summary>
/// The authorities of a file, instead of the system's: decides whether a server's certificate is one of theirs. It goes by the signatures of the whole
/// chain, by the time, and by what the certificate is for, and never by names of authorities (RFC 5280, 6.1).
/// </summary>
/// <param name="file">Certificates (PEM): self-signed ones are trusted, others only lead to them.</param>
/// <param name="checksHost">Whether the certificate must be the host's, too.</param>
internal sealed class TrustedAuthorities(string file, bool checksHost)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Decides on a certificate that a server presents.</summary>
    /// <returns>Always true: what is refused is said why.</returns>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="presented">What else it presents, and what the system makes of it.</param>
    /// <param name="errors">What the system finds wrong, of which only the host's name counts.</param>
    /// <exception cref="AuthenticationException">It is refused, or the file cannot be used.</exception>
    public bool Validate(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is null)
            throw new AuthenticationException("the server presents no certificate");
        if (checksHost && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            throw new AuthenticationException($"the server's certificate ({certificate.Subject}) is made out to another host than the one that is connected to");
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        // The file is all there is to go by: it names no place that lists what is revoked, and nothing is fetched.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        foreach (var authority in Read())
            (authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            policy.ExtraStore.Add(element.Certificate);
        foreach (var element in presented?.ChainPolicy.ExtraStore ?? [])
            policy.ExtraStore.Add(element);
        using var server = new X509Certificate2(certificate);
        if (chain.Build(server))
            return true;
        var reasons = chain.ChainStatus.Select(s => s.StatusInformation.Trim().TrimEnd('.')).Distinct();
        throw new AuthenticationException($"the server's certificate ({server.Subject}) is not to be trusted by '{file}': {string.Join("; ", reasons)}");
    }

    private X509Certificate2Collection Read()
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new AuthenticationException($"the file of certificates '{file}' cannot be read: {e.Message}", e);
        }
        return authorities.Count > 0 ? authorities : throw new AuthenticationException($"the file '{file}' holds no certificate (PEM)");
    }
}
