using System.Runtime.CompilerServices;
using Serverless.Connectors.Files;

namespace Serverless.Local.Running;

/// <summary>Events to send to a topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="ReadAsync">Reads the events, each a JSON object.</param>
internal sealed record Feed(string Topic, Func<CancellationToken, IAsyncEnumerable<byte[]>> ReadAsync)
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
        return OfLines(text[..equals], () => OpenFile(file));
    }

    /// <summary>Makes one of the lines of a stream.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="open">Opens the lines.</param>
    public static Feed OfLines(string topic, Func<Stream> open) => new(topic, stop => LinesAsync(open, stop));

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

    private static async IAsyncEnumerable<byte[]> LinesAsync(Func<Stream> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var lines = open();
        await foreach (var line in LineReader.ReadAllAsync(lines, cancellationToken))
            yield return line;
    }
}
