using System.Security.Cryptography;
using System.Text;

namespace Serverless.TestServers.Kafka;

/// <summary>SCRAM: a proof that the client knows the password, and one that the server does (RFC 5802).</summary>
internal sealed class ScramLogin(string mechanism, BrokerUsers users) : SaslLogin
{
    private const int Iterations = 4096;

    private readonly HashAlgorithmName _hash = mechanism == "SCRAM-SHA-512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private string _clientFirst = "";
    private string _serverFirst = "";

    public override string Refusal => $"Authentication failed during authentication due to invalid credentials with SASL mechanism {mechanism}";

    public override byte[]? Answer(byte[] message)
    {
        var text = Encoding.UTF8.GetString(message);
        return _serverFirst.Length == 0 ? Begin(text) : Finish(text);
    }

    private byte[] Begin(string message)
    {
        const string withoutChannelBinding = "n,,";
        _clientFirst = message[withoutChannelBinding.Length..];
        _serverFirst = $"r={Value(_clientFirst, 'r')}{Convert.ToHexString(RandomNumberGenerator.GetBytes(12))},s={Convert.ToBase64String(_salt)},i={Iterations}";
        return Encoding.UTF8.GetBytes(_serverFirst);
    }

    private byte[]? Finish(string message)
    {
        var name = Value(_clientFirst, 'n').Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        if (!users.TryGetPassword(name, out var password) || Value(message, 'r') != Value(_serverFirst, 'r'))
            return null;
        var bytes = _hash == HashAlgorithmName.SHA512 ? 64 : 32;
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), _salt, Iterations, _hash, bytes);
        var exchange = Encoding.UTF8.GetBytes($"{_clientFirst},{_serverFirst},{message[..message.LastIndexOf(",p=", StringComparison.Ordinal)]}");
        var clientKey = Hmac(salted, "Client Key"u8);
        var signature = Hmac(CryptographicOperations.HashData(_hash, clientKey), exchange);
        if (!Convert.FromBase64String(Value(message, 'p')).SequenceEqual(clientKey.Zip(signature, (a, b) => (byte)(a ^ b))))
            return null;
        User = name;
        return Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(Hmac(Hmac(salted, "Server Key"u8), exchange))}");
    }

    private byte[] Hmac(byte[] key, ReadOnlySpan<byte> data) => CryptographicOperations.HmacData(_hash, key, data);

    private static string Value(string message, char attribute) => Array.Find(message.Split(','), a => a.StartsWith($"{attribute}=", StringComparison.Ordinal))![2..];
}
