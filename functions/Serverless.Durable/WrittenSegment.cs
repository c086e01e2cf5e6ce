namespace Serverless.Durable;

/// <summary>Versions of written rows that an output has let go of together: an entry of <see cref="KeyedCellState.Aging"/> at first, then of the key store.</summary>
/// <param name="Slot">Its place among those of the output.</param>
/// <param name="Number">The version under which it is in the key store.</param>
/// <param name="Count">How many versions it has.</param>
public sealed record WrittenSegment(int Slot, long Number, int Count)
{
    // More would take more room in the state than what is in them.
    private const int Most = 40;

    /// <summary>The entry's key.</summary>
    internal string Entry => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"written {Slot}");

    /// <summary>Lets what an output remembers of written rows age, and forgets what is too old or too much.</summary>
    /// <param name="state">The output's state; changed.</param>
    /// <param name="output">The output; changed.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="now">The time, in milliseconds.</param>
    internal static void LetGo(OutboxState state, Engine.State.Output output, Engine.State.OutputLimits limits, long now)
    {
        var taken = output.TakeWritten();
        var (rows, former, segments) = (taken.Select(v => v.Key).ToHashSet(), new List<Engine.State.WrittenVersions> { taken }, new List<WrittenSegment>());
        foreach (var (segment, versions) in (state.Segments ?? []).Zip(output.Former))
        {
            var latest = rows.Count < limits.MaxRemembered ? versions.Where(v => now - v.At <= limits.Horizon && rows.Add(v.Key)).ToList() : [];
            if (segments.Count < Most && latest.Count > segment.Count / 2)
            {
                segments.Add(segment);
                former.Add(versions);
            }
            else
            {
                output.Remember(latest);
            }
        }
        state.Evictions++;
        var slot = Enumerable.Range(0, Most + 1).First(s => !segments.Exists(g => g.Slot == s));
        var aging = new WrittenSegment(slot, state.Evictions, taken.Count);
        state.Aging = new() { [aging.Entry] = taken.Pack(aging.Number) };
        (state.Segments, output.Former) = ([aging, .. segments], former);
    }
}
