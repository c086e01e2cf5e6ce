using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>What the client library's errors mean to a user: whether they pass, and what to do.</summary>
internal static class KafkaErrors
{
    /// <summary>Whether waiting helps.</summary>
    public static bool IsPassing(Error error) => !error.IsFatal && Advice(error.Code) is null;

    /// <summary>Whether a connection was refused while it was being made.</summary>
    public static bool IsHandshake(Error error) => error.Code is ErrorCode.Local_Ssl or ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed;

    /// <summary>An error in words, with what to do where something is to be done.</summary>
    public static string Describe(Error error, KafkaSettings settings)
    {
        var advice = Advice(error.Code) ?? error.Code switch
        {
            ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Resolve or ErrorCode.Local_Transport =>
                "no broker answers: check 'properties.bootstrap.servers', the network and, for TLS, 'properties.security.protocol'",
            _ => null,
        };
        var text = $"{settings}: {settings.Redact(error.Reason)}";
        return advice is null ? text : $"{text}; {advice}";
    }

    // What to do about an error that no waiting mends; null for one that passes.
    private static string? Advice(ErrorCode code) => code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism or ErrorCode.IllegalSaslState =>
            "the brokers do not let this user in: check 'properties.sasl.mechanism' and the user and password in 'properties.sasl.jaas.config'",
        ErrorCode.Local_Ssl =>
            "TLS failed: check 'properties.ssl.truststore.location' (or 'properties.ssl.ca.location') and the brokers' host names",
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
