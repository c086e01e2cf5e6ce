using System.Text.RegularExpressions;

namespace Serverless.Connectors.Kafka;

/// <summary>Java's truststores as text.</summary>
public static partial class Truststore
{
    /// <summary>The certificates of a JKS, PKCS12 or PEM file, as PEM.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">Its password; null for none.</param>
    /// <exception cref="ConnectorException">It cannot be read or opened, or holds none.</exception>
    public static (string Pem, int Count) Read(string path, string? password)
    {
        var pem = PemStore.ReadTrusted("truststore", path, password);
        return (pem, Certificate().Count(pem));
    }

    [GeneratedRegex("-----BEGIN CERTIFICATE-----")]
    private static partial Regex Certificate();
}
