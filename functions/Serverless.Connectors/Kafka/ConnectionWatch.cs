using System.Diagnostics;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// Hears what a client says of its connections, and remembers the most telling of it: a request that fails for a wrong password says that it
/// timed out, and the library repeats no reason within half a minute. Safe for all threads.
/// </summary>
/// <param name="settings">How the client reaches its brokers.</param>
internal sealed partial class ConnectionWatch(KafkaSettings settings)
{
    // Longer than the library keeps quiet of what has not changed.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    // To find out why a certificate is not trusted takes a connection.
    private static readonly TimeSpan Repetition = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Error? _heard;
    private long _at;
    private bool _isLetIn;
    private Description? _described;

    /// <summary>The last error that no waiting mends, since something succeeded; null if there is none.</summary>
    public Error? Refusal => Heard(IsRefusal);

    /// <summary>The last error that says more than that nobody answers, since something succeeded; null if there is none.</summary>
    public Error? Fault => Heard(IsTelling);

    /// <summary>Hears an error, whichever way it came.</summary>
    /// <returns>The most telling of what was heard lately: this one, unless another says more.</returns>
    public Error Hear(Error error)
    {
        lock (_lock)
        {
            if (_isLetIn)
                error = ConnectionError.WithoutGuess(error);
            if (_heard is not null && RankOf(_heard) > RankOf(error) && Stopwatch.GetElapsedTime(_at) < Memory)
                return _heard;
            (_heard, _at) = (error, Stopwatch.GetTimestamp());
            return error;
        }
    }

    /// <summary>An error in words: what is wrong, where, why, and what to do if something is to be done.</summary>
    public string Describe(Error error)
    {
        if (_described is { } known && known.Error.Code == error.Code && known.Error.Reason == error.Reason && Stopwatch.GetElapsedTime(known.At) < Repetition)
            return known.Text;
        var text = KafkaErrors.Describe(error, settings);
        _described = new Description(error, text, Stopwatch.GetTimestamp());
        return text;
    }

    /// <summary>
    /// Hears a line of the client's log: that a broker has hung up, which is how many refuse, is said nowhere else, and of a refused login nothing else
    /// tells while the client is not polled.
    /// </summary>
    public void Hear(LogMessage message, ILogger logger)
    {
        logger.LogDebug("{Message}", settings.Redact(message.Message));
        if (message.Facility != "FAIL")
            return;
        var code = message.Message.Contains("SASL authentication error", StringComparison.Ordinal) ? ErrorCode.Local_Authentication : ErrorCode.Local_Transport;
        Hear(new Error(code, Thread().Replace(message.Message, "")));
    }

    /// <summary>Forgets all, because something succeeded.</summary>
    public void Forget()
    {
        lock (_lock)
            (_heard, _isLetIn) = (null, true);
        _described = null;
    }

    private Error? Heard(Func<Error, bool> isSuch)
    {
        lock (_lock)
            return _heard is { } heard && isSuch(heard) ? heard : null;
    }

    private static bool IsRefusal(Error error) => !KafkaErrors.IsPassing(error);

    private static bool IsTelling(Error error) => IsRefusal(error) || ConnectionError.Of(error).Fault is not (ConnectionFault.None or ConnectionFault.Unreachable);

    private static int RankOf(Error error) => error switch
    {
        _ when IsRefusal(error) => 4,
        _ when IsTelling(error) => 3,
        { Code: ErrorCode.Local_Transport or ErrorCode.Local_Resolve } => ConnectionError.Of(error).Broker is null ? 0 : 2,
        { Code: ErrorCode.Local_AllBrokersDown } => 1,
        { Code: ErrorCode.Local_TimedOut } => 0,
        _ => 2,
    };

    [GeneratedRegex(@"^\[thrd:[^\]]*\]: ")]
    private static partial Regex Thread();

    private sealed record Description(Error Error, string Text, long At);
}
