namespace Serverless.Connectors.Kafka;

/// <summary>How far the readers of an embedded broker's topics have come, so that what feeds a topic can wait for them.</summary>
internal sealed class ReadProgress
{
    private readonly Lock _lock = new();
    private readonly List<Reader> _readers = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Adds a reader of a topic.</summary>
    public Reader Attach(string topic)
    {
        var reader = new Reader(this, topic);
        lock (_lock)
            _readers.Add(reader);
        Signal();
        return reader;
    }

    /// <summary>The offset before which all readers of a topic have read a partition; null if the topic has no reader.</summary>
    public long? ReadBy(string topic, int partition)
    {
        lock (_lock)
        {
            long? slowest = null;
            foreach (var reader in _readers)
                if (reader.Topic == topic)
                    slowest = Math.Min(slowest ?? long.MaxValue, reader.Positions.GetValueOrDefault(partition));
            return slowest;
        }
    }

    /// <summary>Ends at the next change after the call.</summary>
    public Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Signal()
    {
        TaskCompletionSource changed;
        lock (_lock)
            (changed, _changed) = (_changed, NewSignal());
        changed.SetResult();
    }

    /// <summary>One reader of a topic.</summary>
    internal sealed class Reader(ReadProgress progress, string topic) : IDisposable
    {
        public string Topic { get; } = topic;

        public Dictionary<int, long> Positions { get; } = [];

        /// <summary>Says that everything before these offsets has been read.</summary>
        public void Report(IEnumerable<KeyValuePair<int, long>> positions)
        {
            lock (progress._lock)
                foreach (var (partition, position) in positions)
                    Positions[partition] = position;
            progress.Signal();
        }

        public void Dispose()
        {
            lock (progress._lock)
                progress._readers.Remove(this);
            progress.Signal();
        }
    }
}
