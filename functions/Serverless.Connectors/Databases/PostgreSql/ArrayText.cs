using System.Globalization;
using System.Text;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.PostgreSql;

/// <summary>
/// The values of a column as the text of a PostgreSQL array: <c>{1,NULL,"a \"b\""}</c>. As text, a value keeps every digit it has, and one that is out
/// of range is refused by the database, in its words, and not by a CLR type on the way there.
/// </summary>
/// <param name="type">The column's type in the script.</param>
/// <param name="removesNul">Whether U+0000 is taken out of text.</param>
internal sealed class ArrayText(SqlType type, bool removesNul)
{
    private const int MaxFraction = 6; // digits of a second that the database keeps

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly StringBuilder _text = new("{");

    /// <summary>Adds a value.</summary>
    /// <exception cref="EncoderFallbackException">It is text with half a surrogate pair, which is no character and cannot be sent.</exception>
    public void Add(object? value)
    {
        if (_text.Length > 1)
            _text.Append(',');
        _ = value switch
        {
            null => _text.Append("NULL"),
            bool flag => _text.Append(flag ? 't' : 'f'),
            long number => _text.Append(CultureInfo.InvariantCulture, $"{number}"),
            double number => _text.Append(CultureInfo.InvariantCulture, $"{number:R}"),
            Number number => _text.Append(SqlText.Of(number, type.Scale)),
            DateOnly date => _text.Append(SqlText.Of(date)),
            TimeOnly time => _text.Append(SqlText.Of(time, Fraction)),
            DateTime time => _text.Append('"').Append(SqlText.Of(time, Fraction)).Append('"'),
            DateTimeOffset time => _text.Append('"').Append(SqlText.Of(time, Fraction)).Append("+00\""),
            byte[] bytes => _text.Append("\"\\\\x").Append(Convert.ToHexStringLower(bytes)).Append('"'),
            string text => Quote(text),
            _ => throw new InvalidOperationException($"a {value.GetType().Name} is no value of a row"),
        };
    }

    /// <summary>The array.</summary>
    public override string ToString() => _text + "}";

    private int Fraction => Math.Min(type.Length, MaxFraction);

    private StringBuilder Quote(string text)
    {
        _ = Strict.GetByteCount(text);
        if (removesNul)
            text = text.Replace("\0", "", StringComparison.Ordinal);
        _text.Append('"');
        var rest = text.AsSpan();
        for (int at; (at = rest.IndexOfAny('"', '\\')) >= 0; rest = rest[(at + 1)..])
            _text.Append(rest[..at]).Append('\\').Append(rest[at]);
        return _text.Append(rest).Append('"');
    }
}
