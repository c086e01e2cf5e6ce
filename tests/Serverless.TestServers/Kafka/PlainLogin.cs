using System.Text;

namespace Serverless.TestServers.Kafka;

/// <summary>PLAIN: a name and a password (RFC 4616).</summary>
internal sealed class PlainLogin(BrokerUsers users) : SaslLogin
{
    public override string Refusal => "Authentication failed: Invalid username or password";

    public override byte[]? Answer(byte[] message)
    {
        if (Encoding.UTF8.GetString(message).Split('\0') is not [_, var name, var given] || !users.TryGetPassword(name, out var password) || given != password)
            return null;
        User = name;
        return [];
    }
}
