namespace Serverless.Local.Running;

/// <summary>Lines to send to a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Open">Opens the lines.</param>
internal sealed record Feed(string Topic, Func<Stream> Open)
{
    /// <summary>Reads <c>TOPIC=FILE</c>.</summary>
    /// <exception cref="CommandException">It is not that, or the file cannot be read.</exception>
    public static Feed Parse(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == text.Length - 1)
            throw new CommandException($"'{text}' is no feed: write it as --feed TOPIC=FILE.jsonl");
        var file = text[(equals + 1)..];
        OpenFile(file).Dispose();
        return new Feed(text[..equals], () => OpenFile(file));
    }

    /// <summary>Opens a file of lines.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static Stream OpenFile(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read '{file}': {e.Message}");
        }
    }
}
