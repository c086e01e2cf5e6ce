using Confluent.Kafka;
using Serverless.Connectors.Kafka;

namespace Serverless.Connectors.Tests;

/// <summary>The client library's words, as it says them, and what they mean.</summary>
public sealed class ConnectionErrorTests
{
    [Theory]
    [InlineData(ErrorCode.Local_Authentication, "sasl_ssl://k:9093/bootstrap: SASL authentication error: Authentication failed: Invalid username or password (after 0ms in state AUTH_REQ, 1 identical error(s) suppressed)", "Login k:9093 SASL authentication error: Authentication failed: Invalid username or password")]
    [InlineData(ErrorCode.Local_Authentication, "GroupCoordinator: k:9093: SASL authentication error: no (after 0ms in state AUTH_REQ)", "Login k:9093 SASL authentication error: no")]
    [InlineData(ErrorCode.Local_Authentication, "Failed to acquire SASL OAUTHBEARER token: Token request failed", "Token  Failed to acquire SASL OAUTHBEARER token: Token request failed")]
    [InlineData(ErrorCode.Local_Ssl, "ssl://[::1]:9093/1: SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could not be verified (after 5ms in state SSL_HANDSHAKE)", "Certificate [::1]:9093 SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker certificate could not be verified")]
    [InlineData(ErrorCode.Local_Ssl, "ssl://k:9093/bootstrap: SSL handshake failed: error:0A00045C:SSL routines::tlsv13 alert certificate required: SSL alert number 116 (after 5ms in state SSL_HANDSHAKE)", "ClientCertificate k:9093 SSL handshake failed: error:0A00045C:SSL routines::tlsv13 alert certificate required: SSL alert number 116")]
    [InlineData(ErrorCode.Local_Ssl, "ssl://k:9093/bootstrap: SSL handshake failed: error:0A00010B:SSL routines::wrong version number (after 5ms in state SSL_HANDSHAKE)", "NoTls k:9093 SSL handshake failed: error:0A00010B:SSL routines::wrong version number")]
    [InlineData(ErrorCode.Local_BadMsg, "k:9093/bootstrap: Receive failed: Invalid response size 352518400 (0..100000000): increase receive.message.max.bytes (after 2ms in state APIVERSION_QUERY)", "TlsMissing k:9093 Receive failed: Invalid response size 352518400 (0..100000000): increase receive.message.max.bytes")]
    [InlineData(ErrorCode.Local_Transport, "k:9093/bootstrap: Disconnected: connection closed by peer (after 2ms in state APIVERSION_QUERY)", "TlsMissing k:9093 Disconnected: connection closed by peer")]
    [InlineData(ErrorCode.Local_Transport, "k:9093/1: Disconnected: connection closed by peer (after 3ms in state UP)", "LoginMissing k:9093 Disconnected: connection closed by peer")]
    [InlineData(ErrorCode.Local_Transport, "k:9093/1: Disconnected: connection closed by peer (after 60000ms in state UP)", "Unreachable k:9093 Disconnected: connection closed by peer")]
    [InlineData(ErrorCode.Local_Transport, "sasl_ssl://k:9093/1: Disconnected: connection closed by peer (after 3ms in state UP)", "Unreachable k:9093 Disconnected: connection closed by peer")]
    [InlineData(ErrorCode.Local_Transport, "k:9093/1: Connect to ipv4#10.0.0.1:9093 failed: Connection refused (after 0ms in state CONNECT)", "Unreachable k:9093 Connect to ipv4#10.0.0.1:9093 failed: Connection refused")]
    [InlineData(ErrorCode.Local_AllBrokersDown, "1/1 brokers are down", "Unreachable  1/1 brokers are down")]
    [InlineData(ErrorCode.TopicAuthorizationFailed, "Broker: Topic authorization failed", "None  Broker: Topic authorization failed")]
    public void Are_told_apart(ErrorCode code, string text, string expected)
    {
        var error = ConnectionError.Of(new Error(code, text));

        Assert.Equal(expected, $"{error.Fault} {error.Broker} {error.Reason}");
    }

    [Fact]
    public void A_broker_that_hangs_up_on_who_was_let_in_before_asks_for_nothing()
    {
        var watch = new ConnectionWatch(KafkaSettings.Plain("k:9093"));
        var hungUp = new Error(ErrorCode.Local_Transport, "k:9093/1: Disconnected: connection closed by peer (after 3ms in state UP)");
        Assert.Contains("the brokers want a login", watch.Describe(watch.Hear(hungUp)), StringComparison.Ordinal);

        watch.Forget();

        Assert.Equal("Kafka at k:9093 (plaintext): no broker answers: Disconnected: connection closed by peer; check 'properties.bootstrap.servers' and the network", watch.Describe(watch.Hear(hungUp)));
    }

    [Fact]
    public void The_reason_outlives_what_says_less_until_something_succeeds()
    {
        var watch = new ConnectionWatch(KafkaSettings.Plain("k:9093"));
        var refused = new Error(ErrorCode.Local_Authentication, "sasl_ssl://k:9093/1: SASL authentication error: no (after 0ms in state AUTH_REQ)");
        var down = new Error(ErrorCode.Local_AllBrokersDown, "1/1 brokers are down");
        watch.Hear(refused);

        Assert.Equal((refused, refused), (watch.Hear(down), watch.Hear(new Error(ErrorCode.Local_TimedOut))));
        watch.Forget();
        Assert.Equal((down, null), (watch.Hear(down), watch.Refusal));
    }
}
