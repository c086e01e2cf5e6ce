namespace Serverless.TestServers.Kafka;

/// <summary>A login on its way: what a client sends, and what it is answered.</summary>
internal abstract class SaslLogin
{
    /// <summary>Who has logged in; null before the end.</summary>
    public string? User { get; protected set; }

    /// <summary>What Kafka says to who is refused.</summary>
    public abstract string Refusal { get; }

    /// <summary>Begins one.</summary>
    public static SaslLogin Of(string mechanism, BrokerUsers users) => mechanism == "PLAIN" ? new PlainLogin(users) : new ScramLogin(mechanism, users);

    /// <summary>Answers the client's next message; null to refuse.</summary>
    public abstract byte[]? Answer(byte[] message);
}
