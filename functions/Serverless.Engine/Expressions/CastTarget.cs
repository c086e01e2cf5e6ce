using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>What a cast needs to know of its target: the constant of every cast.</summary>
internal sealed class CastTarget(SqlType from, SqlType type, TimeZoneInfo zone)
{
    /// <summary>The type cast from.</summary>
    public SqlType From { get; } = from;

    /// <summary>The type cast to.</summary>
    public SqlType Type { get; } = type;

    /// <summary>The session's time zone.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    /// <summary>The range of the integer type, if it is one.</summary>
    public IntegerRange Range { get; } = IntegerRange.Of(type.Kind);

    /// <summary>Cuts a text at the length of a VARCHAR, counted in code points.</summary>
    public string Clip(string text)
    {
        if (Type.Length == 0 || text.Length <= Type.Length)
            return text;
        return text[..CodePoints.IndexOf(text, Type.Length)];
    }

    /// <summary>The failure of a value that has no place in the target.</summary>
    public EvaluationException Failure(string text) => new($"cannot cast '{TextTruncation.Text(text)}' to {Type}")
    {
        Remedy = "for NULL instead, write TRY_CAST, or SET 'table.exec.legacy-cast-behaviour' = 'enabled'",
    };

    /// <inheritdoc cref="Failure(string)" />
    public EvaluationException Failure(Number number) => new($"cannot cast {number} to {Type}: out of range");

    /// <inheritdoc cref="Failure(string)" />
    public EvaluationException Failure(long number) => new($"cannot cast {number} to {Type}: out of range");
}
