using System.Security.Cryptography.X509Certificates;

namespace Serverless.TestServers.Kafka;

/// <summary>Whose certificates clients show.</summary>
internal static class ClientCertificates
{
    /// <summary>Whether an authority has issued a certificate, and it is valid now.</summary>
    public static bool IsOf(X509Certificate certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(copy);
    }
}
