using System.Collections;
using Microsoft.Extensions.Logging;

namespace Serverless.Connectors.Telemetry;

/// <summary>Adds to everything that is logged what it concerns, as properties beside those of the unchanged message.</summary>
/// <param name="inner">Told it.</param>
/// <param name="tags">The properties; one of the message's own goes before one of its name.</param>
internal sealed class TaggedLogger(ILogger inner, IReadOnlyList<KeyValuePair<string, object?>> tags) : ILogger
{
    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => inner.BeginScope(state);

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    /// <inheritdoc />
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            inner.Log(logLevel, eventId, new Tagged(state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], tags, formatter(state, exception)), exception, (s, _) => s.ToString());
    }

    // The message's template is last in its own, and stays so.
    private sealed class Tagged(IReadOnlyList<KeyValuePair<string, object?>> own, IReadOnlyList<KeyValuePair<string, object?>> tags, string text)
        : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly KeyValuePair<string, object?>[] _all = [.. tags.Where(t => !own.Any(o => o.Key == t.Key)), .. own];

        public int Count => _all.Length;

        public KeyValuePair<string, object?> this[int index] => _all[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _all.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => text;
    }
}

/// <summary>Makes <see cref="TaggedLogger"/>s.</summary>
public static class LoggerTags
{
    /// <summary>A logger that adds to everything what it concerns, such as <c>Job</c>, <c>Topic</c>, <c>Partition</c>.</summary>
    public static ILogger With(this ILogger logger, params IEnumerable<(string Name, object? Value)> tags) =>
        new TaggedLogger(logger, [.. tags.Select(t => new KeyValuePair<string, object?>(t.Name, t.Value))]);
}
