using System.Text;

namespace Serverless.Durable;

/// <summary>How large messages may be: half a megabyte as JSON, on every storage provider. The smallest limit of one is 1 MB, and an estimate needs room.</summary>
public static class MessageLimits
{
    /// <summary>The most bytes of a message as JSON; one event or row that is larger goes alone.</summary>
    public const int MostEncoded = 500_000;

    /// <summary>The most bytes of what a message carries as Base64, which adds a third: what is left is for keys and ids.</summary>
    public const int MaxBytes = 320 * 1024;

    /// <summary>The most bytes of a message's parts as JSON, without what stands around them.</summary>
    internal const int MostParts = 480_000;

    /// <summary>Returns what bytes take up in JSON.</summary>
    internal static long Encoded(byte[] bytes) => (bytes.Length + 2L) / 3 * 4;

    /// <summary>Returns what a text takes up in JSON at most: what is not ASCII is escaped.</summary>
    internal static long Encoded(string text) => Ascii.IsValid(text) ? text.Length : 6L * text.Length;
}
