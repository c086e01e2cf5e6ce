using Microsoft.Extensions.Logging;

namespace Serverless.Local.Display;

/// <summary>Prints warnings and worse to the terminal's error output, a line each.</summary>
/// <param name="terminal">The terminal.</param>
internal sealed class TerminalLoggers(Terminal terminal) : ILoggerFactory
{
    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new LineLogger(terminal);

    /// <inheritdoc />
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    /// <inheritdoc />
    public void Dispose() { }

    private sealed class LineLogger(Terminal terminal) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
                terminal.Fail(formatter(state, exception));
            else if (logLevel >= LogLevel.Warning)
                terminal.Warn(formatter(state, exception));
        }
    }
}
