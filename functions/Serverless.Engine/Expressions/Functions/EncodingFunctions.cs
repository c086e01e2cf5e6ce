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
        table.Add("SHA224", "a string", new Overload(Sha224Of, text, text));
        table.Add("SHA2", "a string and 224, 256, 384 or 512", new Overload(Sha2, text, text, integer) { CanFail = true });
        table.Add("ENCODE", "a string and the name of a character set", call =>
            call.Count == 2 && call.AreTexts && call.Symbols.Count == 0 && call.Compile(1, FindEncoding) is { } encodings
                ? call.MakeOfTexts(Encode, SqlType.Bytes, call.Arguments[1].Constant is null, encodings)
                : null);
        table.Add("DECODE", "bytes and the name of a character set", call =>
            call.Count == 2 && call.Is(0, SqlKind.Bytes) && call.Is(1, SqlKind.String) && call.Symbols.Count == 0 && call.Compile(1, FindEncoding) is { } encodings
                ? call.Make(Decode, text, [SqlType.Bytes, text], call.Arguments[1].Constant is null, encodings)
                : null);
        table.Add("UNHEX", "a string", new Overload(Unhex, SqlType.Bytes, text));
        table.Add("HASH_CODE", "a string", new Overload(HashCode, SqlType.Int, text));
        table.Add("INET_ATON", "a string", new Overload(AddressToNumber, SqlType.BigInt, text));
        table.Add("INET_NTOA", "an integer", new Overload(NumberToAddress, text, integer));
        table.Add("TO_BASE64", "a string or bytes", new Overload(ToBase64, text, text), new Overload(ToBase64OfBytes, text, SqlType.Bytes));
        table.Add("FROM_BASE64", "a string", new Overload(FromBase64, text, text) { CanFail = true });
        table.Add("HEX", "an integer or a string", new Overload(HexOfInteger, text, integer), new Overload(HexOfText, text, text), new Overload(HexOfBytes, text, SqlType.Bytes));
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

    private static string ToBase64OfBytes(byte[] bytes) => Convert.ToBase64String(bytes);

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

    // The first byte of the UTF-8, with its sign, as in Flink.
    private static long FirstCode(string text) => text.Length == 0 ? 0 : (sbyte)Encoding.UTF8.GetBytes(text)[0];

    private static string Sha224Of(string text) => Convert.ToHexStringLower(Sha224.Hash(Encoding.UTF8.GetBytes(text)));

    private static string? Sha2(string text, long bits) => bits switch
    {
        224 => Sha224Of(text),
        256 => Sha256(text),
        384 => Sha384(text),
        512 => Sha512(text),
        _ => throw new EvaluationException($"SHA2 makes 224, 256, 384 or 512 bits, not {bits}"),
    };

    private static byte[] Encode(Compiled<Encoding> encodings, string text, string charset) => encodings.Get(charset).GetBytes(text);

    private static string Decode(Compiled<Encoding> encodings, byte[] bytes, string charset) => encodings.Get(charset).GetString(bytes);

    // As Java writes it, UTF-16 begins with a byte order mark.
    private static Encoding FindEncoding(string charset)
    {
        try
        {
            return charset.ToUpperInvariant() switch
            {
                "UTF-8" or "UTF8" => new UTF8Encoding(false),
                "UTF-16BE" => new UnicodeEncoding(bigEndian: true, byteOrderMark: false),
                "UTF-16LE" => new UnicodeEncoding(bigEndian: false, byteOrderMark: false),
                "ISO-8859-1" or "LATIN1" => Encoding.Latin1,
                "US-ASCII" or "ASCII" => Encoding.ASCII,
                _ => Encoding.GetEncoding(charset),
            };
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"'{TextTruncation.Text(charset)}' is no character set that is known here", e);
        }
    }

    private static byte[]? Unhex(string text)
    {
        var hex = text.Length % 2 == 1 ? "0" + text : text;
        return hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;
    }

    private static string HexOfBytes(byte[] bytes) => Convert.ToHexString(bytes);

    private static long HashCode(string text)
    {
        var hash = 0;
        foreach (var unit in text)
            hash = unchecked((31 * hash) + unit);
        return hash == int.MinValue ? hash : Math.Abs(hash);
    }

    // As in C: 10.1 is 10.0.0.1, and numbers may be octal or hexadecimal.
    private static long? AddressToNumber(string text)
    {
        var parts = text.Split('.');
        if (parts.Length > 4)
            return null;
        long address = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return null;
            var isLast = i == parts.Length - 1;
            var most = isLast ? (1L << (8 * (5 - parts.Length))) - 1 : 255;
            if (number > most)
                return null;
            address |= isLast ? number : number << (8 * (3 - i));
        }

        return address;
    }

    private static string? NumberToAddress(long address) =>
        address is < 0 or > uint.MaxValue ? null : string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");

    // The low byte, as in Flink.
    private static string Character(long code) => code < 0 ? "" : ((char)(code & 0xFF)).ToString();
}
