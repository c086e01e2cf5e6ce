namespace Serverless.Engine.Sql;

/// <summary>A script's text and the name it is known by in errors, usually its path as the user gave it.</summary>
/// <param name="name">What errors call it, such as <c>functions/jobs/pvuv.sql</c>.</param>
/// <param name="text">The whole text.</param>
public sealed class SourceText(string name, string text)
{
    /// <summary>What errors call it.</summary>
    public string Name { get; } = name;

    /// <summary>The whole text.</summary>
    public string Text { get; } = text;

    /// <summary>The characters of a span.</summary>
    public string this[TextSpan span] => Text.Substring(span.Start, span.Length);

    /// <summary>Line and column of an index, both from 1.</summary>
    public (int Line, int Column) Position(int index)
    {
        var before = Text.AsSpan(0, Math.Min(index, Text.Length));
        var lineStart = before.LastIndexOf('\n') + 1;
        return (before.Count('\n') + 1, before.Length - lineStart + 1);
    }

    /// <summary>The line that holds an index as it may be shown: without its line end, and with the values of secret options hidden.</summary>
    public string LineAt(int index)
    {
        var shown = SecretOptions.Hide(Text);
        index = Math.Min(index, shown.Length);
        var start = shown.AsSpan(0, index).LastIndexOf('\n') + 1;
        var end = shown.IndexOf('\n', start);
        return (end < 0 ? shown[start..] : shown[start..end]).TrimEnd('\r');
    }
}
