using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Serverless.Local.Display;

/// <summary>A message for people: an interpolated string, taken apart into its template, by which a translation is found, and the values in it.</summary>
[InterpolatedStringHandler]
internal readonly struct Message
{
    private readonly StringBuilder _template;
    private readonly List<object?> _values;

    /// <summary>Begins one; the compiler calls it for an interpolated string.</summary>
    /// <param name="literalLength">The length of its literal parts.</param>
    /// <param name="formattedCount">The number of its values.</param>
    public Message(int literalLength, int formattedCount) => (_template, _values) = (new StringBuilder(literalLength + formattedCount * 3), new List<object?>(formattedCount));

    /// <summary>Makes one of a text without values.</summary>
    public static implicit operator Message(string text)
    {
        var message = new Message(text.Length, 0);
        message.AppendLiteral(text);
        return message;
    }

    /// <summary>Adds a literal part.</summary>
    public void AppendLiteral(string text) => _template.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        _template.Append(CultureInfo.InvariantCulture, $"{{{_values.Count}{(format is null ? "" : $":{format}")}}}");
        _values.Add(value);
    }

    /// <summary>Returns it in a language.</summary>
    public string In(Language language) => string.Format(CultureInfo.InvariantCulture, language[_template.ToString()], [.. _values]);

    /// <summary>Returns it in English.</summary>
    public override string ToString() => In(Language.English);
}
