using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.TestServers;

/// <summary>An authority that gives certificates: honest ones, and such as nobody may accept. What it gives is the caller's to dispose of.</summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>What a server's certificate is for.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>What a client's certificate is for.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = NewKey();
    private readonly string _above;

    /// <summary>Makes one that signs itself.</summary>
    /// <param name="name">Its name, which another may have as well.</param>
    public CertificateAuthority(string name = "Test authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-4), DateTimeOffset.UtcNow.AddDays(30));
        _above = "";
    }

    private CertificateAuthority(CertificateAuthority above)
    {
        using var certificate = above.Sign(_key, "leaf.example", null, null, ServerAuthentication);
        Certificate = certificate.CopyWithPrivateKey(_key);
        _above = Pem;
    }

    /// <summary>Its certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Its certificate as PEM.</summary>
    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>Returns the holder of an ordinary certificate of this authority, who gives certificates with it, without having the right.</summary>
    public CertificateAuthority Usurper() => new(this);

    /// <summary>Gives a certificate with its private key.</summary>
    /// <param name="name">The host's name or address, or the client's name, that it is made out to.</param>
    /// <param name="to">Until when it is valid; next week without one.</param>
    public X509Certificate2 Issue(string name, DateTimeOffset? to = null)
    {
        using var key = NewKey();
        using var certificate = Sign(key, name, null, to, null);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Gives a server a certificate, as files have it.</summary>
    /// <param name="name">The host's name or address that it is made out to.</param>
    /// <param name="from">Since when it is valid; for three weeks without one.</param>
    /// <param name="to">Until when it is valid; next week without one.</param>
    /// <param name="purpose">What it is for; for everything without one.</param>
    public ServerCertificate Sign(string name, DateTimeOffset? from = null, DateTimeOffset? to = null, string? purpose = null)
    {
        using var key = NewKey();
        using var server = Sign(key, name, from, to, purpose);
        return new ServerCertificate(Pem, string.Join('\n', server.ExportCertificatePem(), _above), key.ExportPkcs8PrivateKeyPem());
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private X509Certificate2 Sign(ECDsa key, string name, DateTimeOffset? from, DateTimeOffset? to, string? purpose)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        if (purpose is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], true));
        // Given a certificate, the request would not let an ordinary one sign.
        return request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), from ?? DateTimeOffset.UtcNow.AddDays(-20), to ?? DateTimeOffset.UtcNow.AddDays(7),
            RandomNumberGenerator.GetBytes(8));
    }
}
