using Microsoft.Extensions.Logging;
using Serverless.Connectors.Telemetry;

namespace Serverless.Connectors.Tests.Telemetry;

public sealed class TaggedLoggerTests
{
    [Fact]
    public void What_is_logged_keeps_its_text_and_gets_properties()
    {
        var log = new PropertyLogger();
        log.With(("Job", "pvuv")).With(("Topic", "t"), ("Partition", 3)).LogWarning("reading goes on at {Offset}", 7);

        Assert.Equal("Job=pvuv Topic=t Partition=3 Offset=7 {OriginalFormat}=reading goes on at {Offset} | reading goes on at 7", Assert.Single(log.Lines));
    }

    [Fact]
    public void A_property_of_the_message_goes_before_one_of_its_name()
    {
        var log = new PropertyLogger();
        log.With(("Job", "pvuv")).LogWarning("Job {Job} ends", "recharge");

        Assert.Equal("Job=recharge {OriginalFormat}=Job {Job} ends | Job recharge ends", Assert.Single(log.Lines));
    }

    private sealed class PropertyLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var properties = Assert.IsAssignableFrom<IReadOnlyList<KeyValuePair<string, object?>>>(state);
            Lines.Add($"{string.Join(' ', properties.Select(p => $"{p.Key}={p.Value}"))} | {formatter(state, exception)}");
        }
    }
}
