using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using X509Certificate = Org.BouncyCastle.X509.X509Certificate;

namespace Serverless.Connectors.Kafka;

/// <summary>Java's truststores and keystores as PEM text, which is what librdkafka reads. Nothing is written to disk.</summary>
internal static class PemStore
{
    /// <summary>All certificates of a JKS, PKCS12 or PEM truststore.</summary>
    /// <param name="option">The option's name, for errors.</param>
    /// <param name="path">The file.</param>
    /// <param name="password">Its password; null for none.</param>
    public static string ReadTrusted(string option, string path, string? password)
    {
        var bytes = ReadFile(option, path);
        if (IsPem(bytes))
            return System.Text.Encoding.UTF8.GetString(bytes);
        var certificates = new List<X509Certificate>();
        Load(option, path, bytes, password, jks =>
        {
            foreach (var alias in jks.Aliases)
            {
                if (jks.IsCertificateEntry(alias))
                    certificates.Add(jks.GetCertificate(alias));
                else if (jks.IsKeyEntry(alias))
                    certificates.AddRange(jks.GetCertificateChain(alias));
            }
        }, pkcs12 =>
        {
            foreach (var alias in pkcs12.Aliases)
                if (pkcs12.GetCertificate(alias) is { } entry)
                    certificates.Add(entry.Certificate);
            // Certificates without a name, as openssl writes them, are not among the aliases.
            if (certificates.Count == 0)
                certificates.AddRange(ReadNameless(bytes, password));
        });
        return certificates.Count == 0
            ? throw new ConnectorException($"'{option}': '{path}' holds no certificate")
            : Pem(certificates.Distinct());
    }

    /// <summary>The private key and its certificates of a JKS or PKCS12 keystore.</summary>
    public static (string Key, string Certificates) ReadKey(string option, string path, string? password, string? keyPassword)
    {
        AsymmetricKeyParameter? key = null;
        IEnumerable<X509Certificate> chain = [];
        Load(option, path, ReadFile(option, path), password, jks =>
        {
            if (jks.Aliases.FirstOrDefault(jks.IsKeyEntry) is { } alias)
                (key, chain) = (jks.GetKey(alias, (keyPassword ?? password ?? "").ToCharArray()), jks.GetCertificateChain(alias));
        }, pkcs12 =>
        {
            if (pkcs12.Aliases.FirstOrDefault(pkcs12.IsKeyEntry) is { } alias)
                (key, chain) = (pkcs12.GetKey(alias).Key, pkcs12.GetCertificateChain(alias).Select(entry => entry.Certificate));
        });
        return key is null
            ? throw new ConnectorException($"'{option}': '{path}' holds no private key")
            : (Pem([new Pkcs8Generator(key).Generate()]), Pem(chain));
    }

    private static IEnumerable<X509Certificate> ReadNameless(byte[] pkcs12, string? password)
    {
        var parser = new X509CertificateParser();
        var limits = new Pkcs12LoaderLimits { IgnorePrivateKeys = true, MaxCertificates = null };
        return X509CertificateLoader.LoadPkcs12Collection(pkcs12, password, X509KeyStorageFlags.DefaultKeySet, limits)
            .Select(certificate => parser.ReadCertificate(certificate.RawData));
    }

    private static void Load(string option, string path, byte[] bytes, string? password, Action<JksStore> fromJks, Action<Pkcs12Store> fromPkcs12)
    {
        // What a file is, its first bytes say: Java's clients, too, take a JKS where the type says PKCS12.
        ReadOnlySpan<byte> jksMagic = [0xFE, 0xED, 0xFE, 0xED];
        var isJks = bytes.AsSpan().StartsWith(jksMagic);
        if (!isJks && (bytes.Length == 0 || bytes[0] != 0x30))
            throw new ConnectorException($"'{option}': '{path}' is no JKS, PKCS12 or PEM file");
        try
        {
            if (isJks)
            {
                var store = new JksStore();
                store.Load(new MemoryStream(bytes), password?.ToCharArray());
                fromJks(store);
            }
            else
            {
                var store = new Pkcs12StoreBuilder().Build();
                store.Load(new MemoryStream(bytes), password?.ToCharArray() ?? []);
                fromPkcs12(store);
            }
        }
        catch (Exception e) when (e is IOException or InvalidCipherTextException or CryptographicException or GeneralSecurityException or ArgumentException)
        {
            // Without its cause: no text of it may reach a log.
            throw new ConnectorException($"'{option}': '{path}' cannot be opened: the password is wrong, or the file is damaged");
        }
    }

    private static byte[] ReadFile(string option, string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConnectorException($"'{option}': cannot read '{path}': {e.Message}", e);
        }
    }

    private static bool IsPem(byte[] bytes) => bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;

    private static string Pem(IEnumerable<object> items)
    {
        using var text = new StringWriter { NewLine = "\n" };
        using var pem = new PemWriter(text);
        foreach (var item in items)
            pem.WriteObject(item);
        return text.ToString();
    }
}
