using System.Security.Cryptography;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>UUIDs that are made of what a row is known by, so that making them again gives the same.</summary>
internal static class UuidFunctions
{
    private const byte Custom = 8; // RFC 9562's version for what one makes oneself

    /// <summary>The UUID of a row.</summary>
    /// <param name="place">Which call of the script it is: two calls give two UUIDs.</param>
    /// <param name="identity">What the row is known by, as strings.</param>
    public static Scalar Of(int place, IEnumerable<Scalar> identity)
    {
        var text = identity.Aggregate((Scalar)new ConstantScalar($"{place}", SqlType.String), (before, part) =>
            new CallScalar(new ScalarFunction("UUID_TEXT", ((Func<string?, string?, string>)Joined).Method, [SqlType.String, SqlType.String], SqlType.String, TakesNulls: true), [before, part]));
        return new CallScalar(new ScalarFunction("UUID", ((Func<string, string>)Of).Method, [SqlType.String], SqlType.String), [text]);
    }

    // With its length before it no text ends where another begins.
    private static string Joined(string? before, string? part) => part is null ? $"{before};-" : $"{before};{part.Length}:{part}";

    private static string Of(string text)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | (Custom << 4));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
