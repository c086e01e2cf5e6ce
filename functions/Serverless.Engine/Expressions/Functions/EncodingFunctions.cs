using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Digests and encodings of strings, as UTF-8.</summary>
internal static class EncodingFunctions
{
    public static void AddTo(FunctionTable table)
    {
        var (text, integer) = (SqlType.String, SqlType.BigInt);
        table.Add("MD5", "a string", new Overload(Md5, text, text));
        table.Add("SHA1", "a string", new Overload(Sha1, text, text));
        table.Add("SHA256", "a string", new Overload(Sha256, text, text));
        table.Add("SHA384", "a string", new Overload(Sha384, text, text));
        table.Add("SHA512", "a string", new Overload(Sha512, text, text));
        table.Add("TO_BASE64", "a string", new Overload(ToBase64, text, text));
        table.Add("FROM_BASE64", "a string", new Overload(FromBase64, text, text) { CanFail = true });
        table.Add("HEX", "an integer or a string", new Overload(HexOfInteger, text, integer), new Overload(HexOfText, text, text));
        table.Add("BIN", "an integer", new Overload(Binary, text, integer));
        table.Add("ASCII", "a string", new Overload(FirstCode, SqlType.Int, text));
        table.Add("CHR", "an integer", new Overload(Character, text, integer));
    }

#pragma warning disable CA5350, CA5351 // What a script asks for; nothing is kept secret by it.
    private static string Md5(string text) => Digest(text, MD5.HashData, MD5.HashSizeInBytes);

    private static string Sha1(string text) => Digest(text, SHA1.HashData, SHA1.HashSizeInBytes);
#pragma warning restore CA5350, CA5351

    private static string Sha256(string text) => Digest(text, SHA256.HashData, SHA256.HashSizeInBytes);

    private static string Sha384(string text) => Digest(text, SHA384.HashData, SHA384.HashSizeInBytes);

    private static string Sha512(string text) => Digest(text, SHA512.HashData, SHA512.HashSizeInBytes);

    private delegate int Hash(ReadOnlySpan<byte> source, Span<byte> destination);

    private static string Digest(string text, Hash hash, int size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Span<byte> digest = stackalloc byte[size];
        hash(buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)), digest);
        ArrayPool<byte>.Shared.Return(buffer);
        return Convert.ToHexStringLower(digest);
    }

    private static string ToBase64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw new EvaluationException($"'{TextTruncation.Text(text)}' is not base64");
    }

    private static string HexOfInteger(long value) => value.ToString("X", CultureInfo.InvariantCulture);

    private static string HexOfText(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static string Binary(long value) => value.ToString("B", CultureInfo.InvariantCulture);

    private static long FirstCode(string text) => text.Length == 0 ? 0 : char.IsSurrogate(text[0]) ? Rune.GetRuneAt(text, 0).Value : text[0];

    // The low byte, as in Flink.
    private static string Character(long code) => code < 0 ? "" : ((char)(code & 0xFF)).ToString();
}
