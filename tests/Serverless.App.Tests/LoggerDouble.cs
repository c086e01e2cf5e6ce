using Microsoft.Extensions.Logging;

namespace Serverless.App.Tests;

/// <summary>A logger of a type that keeps what is logged.</summary>
internal sealed class LoggerDouble<T>(RecordedLogs logs) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        logs.Log(logLevel, eventId, state, exception, formatter);
}
