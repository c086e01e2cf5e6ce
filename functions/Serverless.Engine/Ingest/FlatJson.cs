using System.Buffers;
using System.Text.Json;

namespace Serverless.Engine.Ingest;

/// <summary>
/// Reads JSON objects as most records are: without objects or arrays inside, and without escapes. It gives up on everything else, be it right or wrong, without saying
/// why: <see cref="Utf8JsonReader"/> knows. What it reads is exactly what that would read.
/// </summary>
internal ref struct FlatJson
{
    private static readonly SearchValues<byte> EndOfText = SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (byte)c), (byte)'"', (byte)'\\']);

    private readonly ReadOnlySpan<byte> _utf8;
    private int _at;
    private bool _isBehindField;

    /// <summary>Begins to read an object.</summary>
    public FlatJson(ReadOnlySpan<byte> utf8)
    {
        _utf8 = utf8;
        SkipBlanks();
        if (_at < utf8.Length && utf8[_at] == '{')
            _at++;
        else
            HasFailed = true;
    }

    /// <summary>Whether it has given up.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The field's name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The bytes of the field's value; of a text those between the quotes, which may not be valid UTF-8.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The kind of the field's value.</summary>
    public JsonTokenType Kind { get; private set; }

    /// <summary>Reads the next field; false behind the last one, and if it gives up.</summary>
    public bool Read()
    {
        if (HasFailed)
            return false;
        SkipBlanks();
        if (Next() == '}' && !_isBehindField)
            return End();
        if (_isBehindField)
        {
            if (Next() == '}')
                return End();
            if (Next() != ',')
                return Fail();
            _at++;
            SkipBlanks();
        }

        _isBehindField = true;
        if (!TryText(out var name))
            return Fail();
        Name = name;
        SkipBlanks();
        if (Next() != ':')
            return Fail();
        _at++;
        SkipBlanks();
        return TryValue() || Fail();
    }

    private bool TryValue()
    {
        switch (Next())
        {
            case '"':
                Kind = JsonTokenType.String;
                if (!TryText(out var text))
                    return false;
                Value = text;
                return true;
            case 't':
                Kind = JsonTokenType.True;
                return TryLiteral("true"u8);
            case 'f':
                Kind = JsonTokenType.False;
                return TryLiteral("false"u8);
            case 'n':
                Kind = JsonTokenType.Null;
                return TryLiteral("null"u8);
            default:
                Kind = JsonTokenType.Number;
                return TryNumber();
        }
    }

    private bool TryText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (Next() != '"')
            return false;
        var rest = _utf8[(_at + 1)..];
        var length = rest.IndexOfAny(EndOfText);
        if (length < 0 || rest[length] != '"')
            return false;
        text = rest[..length];
        _at += length + 2;
        return true;
    }

    private bool TryLiteral(ReadOnlySpan<byte> literal)
    {
        if (!_utf8[_at..].StartsWith(literal))
            return false;
        Value = _utf8.Slice(_at, literal.Length);
        _at += literal.Length;
        return true;
    }

    private bool TryNumber()
    {
        var start = _at;
        if (Next() == '-')
            _at++;
        if (Next() == '0')
            _at++;
        else if (!TryDigits())
            return false;
        if (Next() == '.')
        {
            _at++;
            if (!TryDigits())
                return false;
        }

        if (Next() is 'e' or 'E')
        {
            _at++;
            if (Next() is '+' or '-')
                _at++;
            if (!TryDigits())
                return false;
        }

        Value = _utf8[start.._at];
        return true;
    }

    private bool TryDigits()
    {
        var start = _at;
        while (Next() is >= '0' and <= '9')
            _at++;
        return _at > start;
    }

    private readonly int Next() => _at < _utf8.Length ? _utf8[_at] : -1;

    private void SkipBlanks()
    {
        while (Next() is ' ' or '\t' or '\r' or '\n')
            _at++;
    }

    private bool End()
    {
        _at++;
        SkipBlanks();
        HasFailed = _at < _utf8.Length;
        return false;
    }

    private bool Fail()
    {
        HasFailed = true;
        return false;
    }
}
