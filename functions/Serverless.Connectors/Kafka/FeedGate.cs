namespace Serverless.Connectors.Kafka;

/// <summary>
/// Keeps what is fed to one topic from running ahead of its slowest reader by more than the broker keeps. The bytes count over all
/// partitions together, so that it holds wherever the records go.
/// </summary>
/// <param name="progress">What the readers have read.</param>
/// <param name="topic">The topic.</param>
/// <param name="capacity">The most bytes that are to be unread.</param>
/// <param name="largest">The most bytes of a record, with its key.</param>
internal sealed class FeedGate(ReadProgress progress, string topic, long capacity, int largest)
{
    // Record and batch headers, at most.
    private const int Overhead = 100;
    private const int ChunkSize = 32 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Queue<Chunk>> _delivered = [];
    private readonly Dictionary<int, Chunk> _last = [];
    private long _unread; // on the way, or in the topic and not read

    /// <summary>The most bytes of a record, with its key.</summary>
    public int Largest => largest;

    /// <summary>Waits until a record fits, and counts it.</summary>
    public async ValueTask EnterAsync(int bytes, CancellationToken cancellationToken)
    {
        while (!TryEnter(bytes))
        {
            var changed = progress.Changed; // before looking again, or a change in between is missed
            if (TryEnter(bytes))
                return;
            // Deliveries, too, make room, where the readers were ahead of their reports.
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Says where a record that entered went.</summary>
    public void Delivered(int partition, long offset, int bytes)
    {
        lock (_lock)
        {
            if (!_delivered.TryGetValue(partition, out var chunks))
                _delivered[partition] = chunks = new();
            if (chunks.Count == 0 || _last[partition].Bytes >= ChunkSize)
                chunks.Enqueue(_last[partition] = new Chunk());
            var chunk = _last[partition];
            (chunk.End, chunk.Bytes) = (offset + 1, chunk.Bytes + bytes + Overhead);
        }
    }

    /// <summary>Says that a record that entered went nowhere.</summary>
    public void Failed(int bytes)
    {
        lock (_lock)
            _unread -= bytes + Overhead;
    }

    private bool TryEnter(int bytes)
    {
        lock (_lock)
        {
            if (_unread + bytes + Overhead > capacity)
                ForgetRead();
            if (_unread > 0 && _unread + bytes + Overhead > capacity)
                return false;
            _unread += bytes + Overhead;
            return true;
        }
    }

    private void ForgetRead()
    {
        foreach (var (partition, chunks) in _delivered)
            if (progress.ReadBy(topic, partition) is { } read)
                while (chunks.TryPeek(out var chunk) && chunk.End <= read)
                    _unread -= chunks.Dequeue().Bytes;
    }

    private sealed class Chunk
    {
        public long End { get; set; }

        public long Bytes { get; set; }
    }
}
