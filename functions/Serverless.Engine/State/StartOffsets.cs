using System.Globalization;

namespace Serverless.Engine.State;

/// <summary>Where a job's state began to read, partition by partition: what came before is in none of its rows. A partition that is not named was read from offset 0.</summary>
/// <param name="offsets">The first offset that was read, by partition.</param>
public sealed class StartOffsets(IEnumerable<(int Partition, long Offset)> offsets)
{
    private readonly SortedDictionary<int, long> _offsets = new(offsets.ToDictionary(o => o.Partition, o => o.Offset));

    /// <summary>Returns the offsets that a former state has read, or may have, and one that starts here does not.</summary>
    public IReadOnlyList<(int Partition, long From, long To)> MissingOf(StartOffsets former) =>
        [.. _offsets.Select(o => (o.Key, From: former._offsets.GetValueOrDefault(o.Key), To: o.Value)).Where(o => o.From < o.To)];

    /// <summary>Returns the text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Join(' ', _offsets.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key}:{o.Value}")));

    /// <summary>Reads back what <see cref="ToString"/> gave.</summary>
    public static StartOffsets Parse(string text) => new(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part =>
    {
        var colon = part.IndexOf(':', StringComparison.Ordinal);
        return (int.Parse(part.AsSpan(0, colon), CultureInfo.InvariantCulture), long.Parse(part.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }));
}
