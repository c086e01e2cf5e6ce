using System.Globalization;
using Serverless.Connectors;
using Serverless.Engine.State;

namespace Serverless.Simulation;

/// <summary>A database's table: away at times, it refuses one row for good, and acknowledgements are lost.</summary>
/// <param name="random">The dice.</param>
/// <param name="faults">What goes wrong.</param>
/// <param name="clock">The clock.</param>
/// <param name="keeps">Of a row that is there and one that comes: the row to keep.</param>
internal sealed class Table(Random random, Faults faults, SimulatedClock clock, Func<RowChange?, RowChange, RowChange> keeps) : ISink
{
    private readonly Dictionary<string, RowChange> _rows = [];
    private readonly bool _refuses = random.Next(10) == 0;
    private DateTimeOffset _isBackAt;

    /// <summary>Whether a version column keeps a newer row from an older one; a row that is deleted leaves no version behind.</summary>
    public TimeSpan? VersionColumn { get; init; }

    public bool HasVersionColumn { get; init; }

    /// <summary>The row that is refused for good; null for none.</summary>
    public string? RefusedKey { get; private set; }

    public int MaxRows { get; } = random.Next(1, 4);

    public IEnumerable<RowChange> Rows => _rows.Values;

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        if (faults.Strikes(6))
            _isBackAt = clock.Now + TimeSpan.FromSeconds(random.Next(60));
        if (faults.IsActive && clock.Now < _isBackAt)
            throw new SinkUnavailableException("away");
        var refused = new List<RefusedChange>();
        foreach (var change in changes)
        {
            if (_refuses && RefusedKey is null && random.Next(10) == 0)
                RefusedKey = change.Key;
            if (change.Key == RefusedKey)
                refused.Add(new RefusedChange(change, "no"));
            else
                Write(change);
        }
        if (faults.Strikes(6))
            throw new SinkUnavailableException("the acknowledgement is lost");
        return Task.FromResult<IReadOnlyList<RefusedChange>>(refused);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A row's values as one line.</summary>
    public static string Line(RowChange row) => string.Join(" | ", row.Values.Select(v => v is null ? "NULL" : Convert.ToString(v, CultureInfo.InvariantCulture)));

    private void Write(RowChange change)
    {
        _rows.TryGetValue(change.Key, out var known);
        if (HasVersionColumn && known is not null && known.Version.Stamp(VersionColumn) > change.Version.Stamp(VersionColumn))
            return;
        if (change.IsDelete)
            _rows.Remove(change.Key);
        else
            _rows[change.Key] = keeps(known, change);
    }
}
