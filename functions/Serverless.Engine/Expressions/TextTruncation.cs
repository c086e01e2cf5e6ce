namespace Serverless.Engine.Expressions;

/// <summary>Texts of users' data, short enough for a message.</summary>
internal static class TextTruncation
{
    private const int Length = 40;

    /// <summary>The text, or its beginning.</summary>
    public static string Text(string text) =>
        text.Length <= Length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[Length - 1]) ? Length - 1 : Length), "…");
}
