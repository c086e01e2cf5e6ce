using Serverless.Connectors;
using Serverless.Connectors.Telemetry;
using Serverless.Engine.Ingest;

namespace Serverless.Local.Running;

/// <summary>The dead letters of one job that are yet to be written.</summary>
/// <param name="letters">Where they go.</param>
/// <param name="report">Counts them and warns of them.</param>
internal sealed class DeadLetterBuffer(IDeadLetters letters, DeadLetterReport report)
{
    private const long MaxBytes = 64 << 20;

    private readonly List<DeadLetter> _pending = [];
    private long _bytes;

    /// <summary>The letters waiting.</summary>
    public int Pending => _pending.Count;

    /// <summary>Whether so much waits that it should be written before more is read.</summary>
    public bool IsFull => _bytes >= MaxBytes;

    /// <summary>The letters written so far.</summary>
    public long Written { get; private set; }

    /// <summary>Connects to where they go.</summary>
    /// <exception cref="SinkUnavailableException">It cannot be reached now.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => letters.OpenAsync(cancellationToken);

    /// <summary>Takes letters.</summary>
    public void Add(IEnumerable<DeadLetter> more)
    {
        foreach (var letter in more)
        {
            _pending.Add(letter);
            _bytes += letter.Value.Length;
        }
    }

    /// <summary>Writes letters at once, beside those that wait.</summary>
    /// <exception cref="SinkUnavailableException">They cannot be written now.</exception>
    public async Task WriteAsync(IReadOnlyList<DeadLetter> some, CancellationToken cancellationToken)
    {
        await letters.WriteAsync(some, cancellationToken);
        report.Written(some);
        Written += some.Count;
    }

    /// <summary>Writes the waiting letters. If that fails, they keep waiting.</summary>
    /// <exception cref="SinkUnavailableException">They cannot be written now.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_pending.Count == 0)
            return;
        await WriteAsync(_pending, cancellationToken);
        _pending.Clear();
        _bytes = 0;
    }
}
