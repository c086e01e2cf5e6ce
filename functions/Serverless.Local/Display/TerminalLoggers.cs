using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Serverless.Connectors.Telemetry;
using Serverless.Local.Display.Events;

namespace Serverless.Local.Display;

/// <summary>Prints warnings and worse, and what a job's notices say, to the terminal's error output, a line each; in JSON with the values of the call and of its scopes.</summary>
/// <param name="terminal">The terminal.</param>
internal sealed class TerminalLoggers(Terminal terminal) : ILoggerFactory
{
    private readonly LoggerExternalScopeProvider _scopes = new();

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new LineLogger(terminal, _scopes);

    /// <inheritdoc />
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc />
    public void Dispose() { }

    private sealed class LineLogger(Terminal terminal, LoggerExternalScopeProvider scopes) : ILogger
    {
        // What an event says of itself, and the template that the message was made of.
        private static readonly HashSet<string> Taken = ["time", "event", "message", "file", "line", "column", "{OriginalFormat}"];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId == LogNotice.Id)
                terminal.Note(new MessageEvent("notice", formatter(state, exception)) { Values = terminal.IsJson ? ValuesOf(state) : null }, formatter(state, exception));
            else if (logLevel >= LogLevel.Warning)
                terminal.Report(new MessageEvent(logLevel >= LogLevel.Error ? "error" : "warning", formatter(state, exception)) { Values = terminal.IsJson ? ValuesOf(state) : null });
        }

        private Dictionary<string, object?> ValuesOf(object? state)
        {
            var values = new Dictionary<string, object?>();
            scopes.ForEachScope(Add, values);
            Add(state, values);
            return values;
        }

        private static void Add(object? state, Dictionary<string, object?> values)
        {
            if (state is not IEnumerable<KeyValuePair<string, object?>> pairs)
                return;
            foreach (var (name, value) in pairs)
                if (JsonNamingPolicy.CamelCase.ConvertName(name) is var key && !Taken.Contains(key))
                    values[key] = Plain(value);
        }

        private static object? Plain(object? value) => value switch
        {
            null or bool or long => value,
            int number => (long)number,
            double number when double.IsFinite(number) => number,
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }
}
