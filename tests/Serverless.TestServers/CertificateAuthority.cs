using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.TestServers;

/// <summary>An authority that gives certificates: honest ones, and such as nobody may accept.</summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>What a server's certificate is for.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>What a client's certificate is for.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;
    private readonly string _above;

    /// <summary>Makes one that signs itself.</summary>
    /// <param name="name">Its name, which another may have as well.</param>
    public CertificateAuthority(string name = "Test authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-4), DateTimeOffset.UtcNow.AddDays(7));
        _above = "";
    }

    private CertificateAuthority(CertificateAuthority above)
    {
        using var certificate = above.Issue("CN=Ordinary leaf", _key, null, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7), ServerAuthentication);
        _certificate = certificate.CopyWithPrivateKey(_key);
        _above = _certificate.ExportCertificatePem();
    }

    /// <summary>Its certificate (PEM).</summary>
    public string Pem => _certificate.ExportCertificatePem();

    /// <summary>Returns the holder of an ordinary certificate of this authority, who gives certificates with it, without having the right.</summary>
    public CertificateAuthority Usurper() => new(this);

    /// <summary>Gives a server a certificate.</summary>
    /// <param name="address">The address that it is made out to.</param>
    /// <param name="from">Since when it is valid; yesterday without one.</param>
    /// <param name="to">Until when it is valid; next week without one.</param>
    /// <param name="purpose">What it is for; for everything without one.</param>
    public ServerCertificate Sign(string address, DateTimeOffset? from = null, DateTimeOffset? to = null, string? purpose = null)
    {
        using var key = RSA.Create(2048);
        using var server = Issue("CN=test", key, address, from ?? DateTimeOffset.UtcNow.AddDays(-1), to ?? DateTimeOffset.UtcNow.AddDays(7).AddMinutes(-1), purpose);
        return new ServerCertificate(Pem, string.Join('\n', server.ExportCertificatePem(), _above), key.ExportRSAPrivateKeyPem());
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private X509Certificate2 Issue(string subject, RSA key, string? address, DateTimeOffset from, DateTimeOffset to, string? purpose)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (address is not null && IPAddress.TryParse(address, out var ip))
            names.AddIpAddress(ip);
        else
            names.AddDnsName(address ?? "leaf.example");
        request.CertificateExtensions.Add(names.Build());
        if (purpose is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], true));
        // The class would not let an ordinary certificate sign.
        var signer = X509SignatureGenerator.CreateForRSA(_key, RSASignaturePadding.Pkcs1);
        return request.Create(_certificate.SubjectName, signer, from, to, RandomNumberGenerator.GetBytes(8));
    }
}
