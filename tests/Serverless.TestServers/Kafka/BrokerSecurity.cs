using System.Security.Cryptography.X509Certificates;

namespace Serverless.TestServers.Kafka;

/// <summary>What a <see cref="SecureBroker"/> asks of its clients.</summary>
public sealed record BrokerSecurity
{
    /// <summary>The certificate that it shows, with its key; null for no TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The authority that clients' certificates must be of; null if they need none.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Who may log in; null if nobody has to.</summary>
    public BrokerUsers? Users { get; init; }

    /// <summary>The mechanisms to log in with.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];
}
