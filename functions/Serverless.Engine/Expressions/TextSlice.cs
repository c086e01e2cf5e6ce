using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>A part of a column's text by constant places, which is cut from its bytes: <c>SUBSTRING(c, 1, 10)</c>, <c>LEFT(c, 4)</c>.</summary>
/// <param name="Column">The column's place.</param>
/// <param name="Skipped">The code points before it.</param>
/// <param name="Length">The code points in it, if the text has so many.</param>
internal readonly record struct TextSlice(int Column, long Skipped, long Length)
{
    /// <summary>Returns what an expression cuts; null if it is anything else.</summary>
    public static TextSlice? Of(Scalar scalar) => scalar is CallScalar { Function: { Constant: null } function } call && call.Arguments is [ColumnScalar { Type.Kind: SqlKind.String } column, ..]
        ? (function.Name, Numbers(call)) switch
        {
            ("SUBSTRING" or "SUBSTR", [>= 0 and var position]) => new TextSlice(column.Index, Math.Max(0, position - 1), long.MaxValue),
            ("SUBSTRING" or "SUBSTR", [>= 0 and var position, >= 0 and var length]) => new TextSlice(column.Index, Math.Max(0, position - 1), length),
            ("LEFT", [var length]) => new TextSlice(column.Index, 0, Math.Max(0, length)),
            _ => null,
        }
        : null;

    /// <summary>The arguments behind the first; none if one of them is not a constant.</summary>
    private static long[] Numbers(CallScalar call)
    {
        var numbers = call.Arguments.Skip(1).Select(a => (a as ConstantScalar)?.Value).OfType<long>().ToArray();
        return numbers.Length == call.Arguments.Count - 1 ? numbers : [];
    }

    /// <summary>Cuts it from a text.</summary>
    public ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8)
    {
        var rest = utf8[IndexOf(utf8, Skipped)..];
        return rest[..IndexOf(rest, Length)];
    }

    /// <summary>The index at which a code point begins; the end of the text if it has no more than <paramref name="count"/>.</summary>
    private static int IndexOf(ReadOnlySpan<byte> utf8, long count)
    {
        if (count >= utf8.Length)
            return utf8.Length;
        if (Ascii.IsValid(utf8[..(int)count]))
            return (int)count;
        var at = 0;
        for (; count > 0 && at < utf8.Length; count--)
            do
                at++;
            while (at < utf8.Length && (utf8[at] & 0xC0) == 0x80);
        return at;
    }
}
