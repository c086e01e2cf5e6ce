using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>What the client library's errors mean to a user: whether they pass, and what to do.</summary>
internal static class KafkaErrors
{
    /// <summary>Whether waiting helps.</summary>
    public static bool IsPassing(Error error) => !error.IsFatal && !IsRefusal(error) && Advice(error.Code) is null;

    /// <summary>Whether a connection was refused while it was being made.</summary>
    public static bool IsHandshake(Error error) =>
        IsRefusal(error) || ConnectionError.Of(error).Fault is not (ConnectionFault.None or ConnectionFault.Unreachable);

    /// <summary>An error in words: what is wrong, where, why, and what to do if something is to be done.</summary>
    public static string Describe(Error error, KafkaSettings settings)
    {
        var connection = ConnectionError.Of(error);
        var reason = settings.Redact(connection.Reason);
        return $"{settings}: " + settings.NameOptions(Describe(connection with { Reason = reason }, settings) ?? (Advice(error.Code) is { } advice ? $"{reason}; {advice}" : reason));
    }

    // These come while a connection is being made, and say that it was refused.
    private static bool IsRefusal(Error error) =>
        error.Code is ErrorCode.Local_Ssl or ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState;

    private static string? Describe(ConnectionError error, KafkaSettings settings) => error.Fault switch
    {
        ConnectionFault.Unreachable => $"no broker answers: {error.Reason}; check 'properties.bootstrap.servers' and the network",
        ConnectionFault.Login => $"the brokers do not let this user in: {error.Reason}; check the user and password in {settings.LoginFrom}, and that the user still exists",
        ConnectionFault.Mechanism => $"the brokers do not take this mechanism: {error.Reason}; set 'properties.sasl.mechanism' to one of theirs",
        ConnectionFault.NoUsers => $"the brokers have no users: {error.Reason}; set 'properties.security.protocol' to '{(settings.HasTls ? "SSL" : "PLAINTEXT")}', or use the port at which they have",
        ConnectionFault.LoginMissing =>
            $"the brokers want a login: {error.Reason}; set 'properties.security.protocol' to '{(settings.HasTls ? "SASL_SSL" : "SASL_PLAINTEXT")}', 'properties.sasl.mechanism', and the user and password in 'properties.sasl.jaas.config'",
        ConnectionFault.Token => $"there is no token to log in with: {error.Reason}; check 'properties.sasl.oauthbearer.*'",
        ConnectionFault.Certificate =>
            (error.Broker is { } broker ? CertificateProbe.Explain(broker, settings) : null)
            ?? $"the brokers' certificate is not trusted: {error.Reason}; check that {settings.TrustedFrom} holds the authority that signed it, its dates, and the names that it is made out to",
        ConnectionFault.ClientCertificate => $"the brokers want a certificate of this client, or do not take the one that they got: {error.Reason}; set 'properties.ssl.keystore.location' to a key and a certificate of an authority that they trust",
        ConnectionFault.TlsMissing =>
            $"the brokers want TLS: {error.Reason}; set 'properties.security.protocol' to '{(settings.HasLogin ? "SASL_SSL" : "SSL")}', or use the port at which they have none",
        ConnectionFault.NoTls =>
            $"the brokers do not speak TLS: {error.Reason}; use the port at which they do, or set 'properties.security.protocol' to '{(settings.HasLogin ? "SASL_PLAINTEXT" : "PLAINTEXT")}' if the network is to be trusted",
        ConnectionFault.Tls => $"TLS fails: {error.Reason}; check 'properties.ssl.*'",
        _ => null,
    };

    // What to do about an error that no waiting mends; null for one that passes.
    private static string? Advice(ErrorCode code) => code switch
    {
        ErrorCode.TopicAuthorizationFailed => "this user may not read the topic: allow it to Read and Describe the topic",
        ErrorCode.GroupAuthorizationFailed => "this user may not use the consumer group: allow it to Read groups that start with 'properties.group.id'",
        ErrorCode.ClusterAuthorizationFailed => "this user may not use the cluster",
        ErrorCode.TopicException => "'topic' is no topic's name",
        ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.Local_Fenced =>
            "other consumers use this consumer group: give the job a 'properties.group.id' of its own",
        ErrorCode.Local_InvalidArg or ErrorCode.Local_NotImplemented or ErrorCode.UnsupportedVersion => "the brokers or the client library cannot do this",
        _ => null,
    };
}
