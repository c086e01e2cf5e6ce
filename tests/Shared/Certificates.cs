using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Testing;

/// <summary>An authority, and the certificate it gives a server at 127.0.0.1, as files that any user may read.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly TempFolder _folder = new();

    public Certificates()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["."], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        using var key = RSA.Create(2048);
        using var serverKey = RSA.Create(2048);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(from, to);
        var serverRequest = new CertificateRequest("CN=db.example", serverKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        serverRequest.CertificateExtensions.Add(names.Build());
        using var server = serverRequest.Create(authority, from, to, [1, 2, 3, 4]);
        Write("ca.pem", authority.ExportCertificatePem());
        Write("server.pem", server.ExportCertificatePem());
        Write("server.key", serverKey.ExportRSAPrivateKeyPem());
    }

    /// <summary>The authority's certificate.</summary>
    public string Authority => _folder["ca.pem"];

    /// <summary>What a MariaDB server must be told to use the certificate.</summary>
    public string[] ServerSettings => [$"ssl-cert={_folder["server.pem"]}", $"ssl-key={_folder["server.key"]}", $"ssl-ca={Authority}"];

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
    }
}
