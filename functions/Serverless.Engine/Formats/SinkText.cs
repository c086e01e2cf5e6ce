using System.Globalization;
using System.Numerics;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Values of a sink's row as text.</summary>
public static class SinkText
{
    /// <summary>Returns a value that is not null as text: a decimal with its column's scale, a time with its column's digits.</summary>
    public static string Of(object value, SqlType type) => value switch
    {
        bool boolean => boolean ? "true" : "false",
        Number number => Of(number, type),
        DateOnly date => Temporal.Format(date),
        TimeOnly time => Temporal.Format(time, type.Length),
        DateTime time => Temporal.Format(time, type.Length),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Returns all digits of a number, with its column's scale.</summary>
    public static string Of(Number number, SqlType type)
    {
        var unscaled = number.SetScale(type.Scale).Unscaled;
        var text = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        if (type.Scale > 0)
        {
            text = text.PadLeft(type.Scale + 1, '0');
            text = $"{text[..^type.Scale]}.{text[^type.Scale..]}";
        }

        return unscaled.Sign < 0 ? "-" + text : text;
    }
}
