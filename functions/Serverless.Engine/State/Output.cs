namespace Serverless.Engine.State;

/// <summary>How much an <see cref="Output"/> keeps.</summary>
/// <param name="MaxRows">The rows waiting beyond which it is full.</param>
/// <param name="MaxBytes">Their size, roughly, beyond which it is full.</param>
/// <param name="MaxRemembered">The written versions that are remembered; the oldest are forgotten first.</param>
/// <param name="Horizon">How long a written version is remembered at least, in milliseconds: no older one is as late as that.</param>
public sealed record OutputLimits(int MaxRows, long MaxBytes, int MaxRemembered, long Horizon)
{
    /// <summary><c>table.exec.state.ttl</c> in milliseconds, for a host whose rows may be of executions that were never stored; 0 for none.</summary>
    public long TimeToLive { get; init; }

    /// <summary>The size of the written versions that are remembered, roughly.</summary>
    public long MaxRememberedBytes { get; init; } = long.MaxValue;

    /// <summary>For a host that gets its rows in order: nothing needs to be remembered.</summary>
    public static OutputLimits InOrder { get; } = new(100_000, 64 << 20, 0, 0);
}

/// <summary>
/// The rows of one sink, or of one part of it, that are yet to be written: a durable outbox. It keeps the newest version of each row until the database
/// has acknowledged it, remembers for a while what was written, so that a late older version is dropped, and says when it is full. Pure: a host takes
/// rows, writes them, and says how that went.
/// </summary>
public sealed class Output(OutputLimits limits)
{
    private const byte Format = 3;
    private const byte FormatWithVersionsApart = 2;
    private const byte FormatWithEventsAlone = 1;

    private readonly Dictionary<string, RowChange> _pending = [];
    private readonly Dictionary<string, FailedRow> _failures = [];
    private PackedDictionary _written = new(); // a version and when it was written, by row
    private long _oldest = long.MaxValue; // no version was written before
    private long _bytes;

    /// <summary>The rows waiting.</summary>
    public int Pending => _pending.Count;

    /// <summary>Whether so much waits that no more should be read: pressure.</summary>
    public bool IsFull => _pending.Count >= limits.MaxRows || _bytes >= limits.MaxBytes;

    /// <summary>The versions of rows that could not be made, so far.</summary>
    public long Failed { get; private set; }

    /// <summary>The rows whose newest version could not be made.</summary>
    public IReadOnlyCollection<FailedRow> Failures => _failures.Values;

    /// <summary>The written versions that are remembered, without <see cref="Former"/>.</summary>
    public int Remembered => _written.Count;

    /// <summary>What they take up, in bytes.</summary>
    public long RememberedBytes => _written.Bytes;

    /// <summary>The written versions that a host has <see cref="TakeWritten">taken</see>, the latest first.</summary>
    public IReadOnlyList<WrittenVersions> Former { get; set; } = [];

    /// <summary>Takes what a group answered: of two versions of a row the newer one stays, and of equal ones the later.</summary>
    public void Add(in GroupAnswer answer)
    {
        foreach (var change in answer.Rows)
        {
            if (IsStale(change.Key, change.Version))
                continue;
            Put(change);
            if (_failures.TryGetValue(change.Key, out var failure) && !IsNewer(failure.Version, change.Version))
                _failures.Remove(change.Key);
        }

        foreach (var failure in answer.Failures)
        {
            Failed++;
            var isSuperseded = IsStale(failure.Key, failure.Version)
                || (_pending.TryGetValue(failure.Key, out var waiting) && IsNewer(waiting.Version, failure.Version))
                || (_failures.TryGetValue(failure.Key, out var known) && IsNewer(known.Version, failure.Version));
            if (!isSuperseded)
                _failures[failure.Key] = failure;
        }
    }

    /// <summary>Says that a row that could not be made is gone, or can be made after all.</summary>
    public void Recover(string key) => _failures.Remove(key);

    /// <summary>The rows to write. They stay pending until they are <see cref="Acknowledge">acknowledged</see>.</summary>
    public IReadOnlyList<RowChange> Take() => [.. _pending.Values];

    /// <summary>Says that rows are written, or set aside: they are pending no more, unless a newer version came meanwhile.</summary>
    /// <param name="changes">The rows.</param>
    /// <param name="now">The time, in milliseconds.</param>
    public void Acknowledge(IEnumerable<RowChange> changes, long now)
    {
        foreach (var change in changes)
        {
            if (_pending.TryGetValue(change.Key, out var known) && !IsNewer(known.Version, change.Version))
            {
                _pending.Remove(change.Key);
                _bytes -= Size(known);
            }

            if (limits.MaxRemembered > 0 && !IsStale(change.Key, change.Version))
                Remember(change.Key, change.Version, now);
        }

        // Rows that come next stand in the order they come.
        if (_pending.Count == 0)
            _pending.Clear();
        Forget(now);
    }

    /// <summary>Forgets the rows that wait and those that cannot be made if their epoch is before another: they are written in a form that is no more.</summary>
    /// <param name="epoch">The epoch.</param>
    public void DropBefore(long epoch)
    {
        foreach (var change in _pending.Values.Where(c => c.Version.Epoch < epoch).ToList())
        {
            _pending.Remove(change.Key);
            _bytes -= Size(change);
        }

        foreach (var failure in _failures.Values.Where(f => f.Version.Epoch < epoch).ToList())
            _failures.Remove(failure.Key);
    }

    /// <summary>Hands over the rows whose newest version could not be made, and forgets them: they become dead letters.</summary>
    public IReadOnlyList<FailedRow> TakeFailures()
    {
        var failures = _failures.Values.ToList();
        _failures.Clear();
        return failures;
    }

    /// <summary>Writes the state.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte(Format);
        writer.Long(Failed);
        writer.Long(_pending.Count);
        foreach (var change in _pending.Values)
            change.Write(writer);
        writer.Long(_failures.Count);
        foreach (var failure in _failures.Values)
            failure.Write(writer);

        writer.Long(_oldest);
        writer.Bytes(_written.Pack().Span);
        writer.Checksum();
    }

    /// <summary>Reads the state into this output, which holds nothing yet.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, or were written by a later version of the program.</exception>
    public void Read(ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state, "an output");
        try
        {
            Read(ref reader);
            reader.End();
        }
        catch (Exception e) when (StateReader.IsOfDamage(e))
        {
            throw reader.Damaged(e);
        }
    }

    private void Read(ref StateReader reader)
    {
        var format = reader.Version(Format, FormatWithEventsAlone);
        var isFormer = format == FormatWithEventsAlone;
        if (!isFormer)
            reader.Checksum();
        Failed = reader.Long();
        for (var count = reader.Count(); count > 0; count--)
            Put(isFormer ? RowChange.ReadFormer(ref reader) : RowChange.Read(ref reader));
        for (var count = reader.Count(); count > 0; count--)
        {
            var failure = isFormer ? FailedRow.ReadFormer(ref reader) : FailedRow.Read(ref reader);
            _failures.Add(failure.Key, failure);
        }

        if (format > FormatWithVersionsApart)
        {
            _oldest = reader.Long();
            _written = PackedDictionary.Open(reader.Bytes().ToArray());
            return;
        }
        for (var count = reader.Count(); count > 0; count--)
        {
            var (key, version, at) = (reader.Text(), isFormer ? new RowVersion(0, 0, reader.Long()) : RowVersion.Read(ref reader), reader.Long());
            Remember(key, version, at);
        }
    }

    /// <summary>Hands over the written versions that are remembered, and begins anew: they are <see cref="Former"/> from now on.</summary>
    public WrittenVersions TakeWritten()
    {
        var taken = new WrittenVersions(_written);
        (_written, _oldest) = (new PackedDictionary(), long.MaxValue);
        return taken;
    }

    /// <summary>Remembers written versions that a host had taken, unless a later one is known.</summary>
    /// <param name="versions">The versions.</param>
    public void Remember(IEnumerable<(string Key, RowVersion Version, long At)> versions)
    {
        foreach (var (key, version, at) in versions)
            if (!_written.ContainsKey(key))
                Remember(key, version, at);
    }

    /// <summary>Whether a newer version has been written already.</summary>
    private bool IsStale(string key, RowVersion version) => WrittenOf(key) is { } written && IsNewer(written, version);

    private RowVersion? WrittenOf(string key)
    {
        if (WrittenVersions.Find(_written, key) is { } latest)
            return latest.Version;
        foreach (var former in Former)
            if (former.Find(key) is { } written)
                return written.Version;
        return null;
    }

    /// <summary>Whether a version takes the place of one that waits.</summary>
    private bool Replaces(RowChange change, RowChange waiting) => !IsNewer(waiting.Version, change.Version);

    private bool IsNewer(RowVersion version, RowVersion other) => version.IsNewerThan(other, limits.TimeToLive);

    private void Put(RowChange change)
    {
        if (_pending.TryGetValue(change.Key, out var known))
        {
            if (!Replaces(change, known))
                return;
            _bytes -= Size(known);
        }

        _pending[change.Key] = change;
        _bytes += Size(change);
    }

    private void Remember(string key, RowVersion version, long at)
    {
        WrittenVersions.Put(_written, key, version, at);
        _oldest = Math.Min(_oldest, at);
    }

    // Now and then, as it looks at all of them: those that are forgotten last until then.
    private void Forget(long now)
    {
        var most = limits.MaxRemembered;
        if (_written.Count <= most && _written.Bytes <= limits.MaxRememberedBytes && (_written.Count == 0 || now - _oldest <= limits.Horizon + (limits.Horizon / 8)))
            return;
        var latest = new WrittenVersions(_written).OrderByDescending(v => v.At).Take(most - (_written.Count > most ? most / 8 : 0)).TakeWhile(v => now - v.At <= limits.Horizon);
        var kept = new PackedDictionary();
        _oldest = long.MaxValue;
        var room = _written.Bytes > limits.MaxRememberedBytes ? limits.MaxRememberedBytes / 8 * 7 : long.MaxValue;
        foreach (var (key, version, at) in latest)
        {
            WrittenVersions.Put(kept, key, version, at);
            if (kept.Bytes > room)
            {
                kept.Remove(key);
                break;
            }
            _oldest = at;
        }
        _written = kept;
    }

    /// <summary>What a row takes up, roughly.</summary>
    private static long Size(RowChange change)
    {
        var size = 100L + (2 * change.Key.Length);
        foreach (var value in change.Values)
            size += value switch { string text => 40 + (2 * text.Length), byte[] bytes => 40 + bytes.Length, _ => 32 };
        return size;
    }
}
