using System.Text;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>A statement: its text, where each <c>?</c> is a value, and the values.</summary>
internal sealed class MySqlStatement
{
    // Of a number, a truth value, NULL or one's quotes: no such value is longer.
    private const int SmallValue = 26;

    private readonly StringBuilder _text = new();
    private readonly List<object> _values = [];
    private long _valueBytes;

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>The values in the order of their places.</summary>
    public IReadOnlyList<object> Values => _values;

    /// <summary>The most bytes it takes up on its way.</summary>
    public long Bytes => _text.Length * 4L + _valueBytes;

    /// <summary>Adds text.</summary>
    public MySqlStatement Add(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Adds a value.</summary>
    public MySqlStatement Add(object value)
    {
        _text.Append('?');
        _values.Add(value);
        _valueBytes += value switch
        {
            string text => SmallValue + Encoding.UTF8.GetByteCount(text) + Escaped(text),
            byte[] bytes => SmallValue + bytes.Length + Escaped(bytes),
            _ => SmallValue,
        };
        return this;
    }

    // Each of these has another character before it in a literal.
    private static int Escaped(string text) => text.AsSpan().Count('\'') + text.AsSpan().Count('\\') + text.AsSpan().Count('\0');

    private static int Escaped(byte[] bytes) => bytes.AsSpan().Count((byte)'\'') + bytes.AsSpan().Count((byte)'\\') + bytes.AsSpan().Count((byte)0);
}
