using System.Text;

namespace Serverless.Engine.Sql;

/// <summary>A script's bytes to its text: UTF-8, or what a byte order mark says.</summary>
public static class ScriptDecoder
{
    /// <summary>Decodes a script.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="error">The first place that is no UTF-8; null if there is none.</param>
    /// <returns>The text; what is no UTF-8 is replaced.</returns>
    public static SourceText Decode(string name, byte[] bytes, out Diagnostic? error)
    {
        error = null;
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return new SourceText(name, (bytes[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes.AsSpan(2)));
        ReadOnlySpan<byte> text = bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes.AsSpan(3) : bytes;
        var source = new SourceText(name, Encoding.UTF8.GetString(text));
        if (FirstInvalid(text) is var at && at < text.Length)
            error = new Diagnostic(
                Severity.Error, source, new TextSpan(Encoding.UTF8.GetCharCount(text[..at]), 1),
                $"this is no UTF-8 (byte 0x{text[at]:X2}); save the script as UTF-8, or convert it: iconv -f GBK -t UTF-8, or whatever its encoding is");
        return source;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (at < text.Length && Rune.DecodeFromUtf8(text[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
            at += length;
        return at;
    }
}
