using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Serverless.Testing;

/// <summary>Truststores as Java's keytool writes them (JKS).</summary>
internal static class JavaTruststore
{
    public const string Password = "changeit";

    /// <summary>Writes one.</summary>
    /// <returns>Its path.</returns>
    public static string Save(string path, params X509Certificate2[] certificates)
    {
        var store = new JksStore();
        for (var i = 0; i < certificates.Length; i++)
            store.SetCertificateEntry($"ca{i}", new X509CertificateParser().ReadCertificate(certificates[i].RawData));
        using var file = File.Create(path);
        store.Save(file, Password.ToCharArray());
        return path;
    }
}
