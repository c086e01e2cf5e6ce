using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.TestServers;

/// <summary>A certificate of a server's name, its key, and the certificate of the authority that signed it, all as PEM.</summary>
/// <param name="Authority">The authority's certificate.</param>
/// <param name="Certificate">The server's.</param>
/// <param name="Key">The server's key.</param>
public sealed record ServerCertificate(string Authority, string Certificate, string Key)
{
    /// <summary>Makes one.</summary>
    /// <param name="address">The address that it is made out to.</param>
    public static ServerCertificate Make(string address)
    {
        using var key = RSA.Create(2048);
        using var serverKey = RSA.Create(2048);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(from, to);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        var serverRequest = new CertificateRequest("CN=test", serverKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        serverRequest.CertificateExtensions.Add(names.Build());
        using var server = serverRequest.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        return new ServerCertificate(authority.ExportCertificatePem(), server.ExportCertificatePem(), serverKey.ExportRSAPrivateKeyPem());
    }
}
