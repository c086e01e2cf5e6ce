using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Durable;

/// <summary>
/// Which entity holds what. A key says where state is placed and no more: state itself is kept under the whole key of its group, so that two groups
/// that share an entity, on purpose or because their names were cut short, never mix.
/// </summary>
/// <param name="job">The job.</param>
public sealed class EntityKeys(DurableJob job)
{
    private const char Mark = ':';

    // Storage providers take instance ids of some hundred characters, of which the entity's name is a part.
    private const int MostCharacters = 60;

    /// <summary>What stands in place of a key that the task hub does not take.</summary>
    internal const int HashedCharacters = 33;

    private readonly int? _cells = job.Cells;

    /// <summary>The key of the entity that holds a group.</summary>
    public string OfGroup(string group) => Place(group);

    /// <summary>The key of the entity that holds a shard.</summary>
    public string OfShard(string group, int shard) => Place(_cells is null
        ? string.Create(CultureInfo.InvariantCulture, $"{group}~{shard}") // instance ids must not hold a '#'
        : Shard.KeyOf(group, shard));

    /// <summary>The key of the entity that holds a part of the output.</summary>
    public string OfOutput(int part) => string.Create(CultureInfo.InvariantCulture, $"{job.Id}{Mark}{part}");

    /// <summary>The key of the entity that holds a cell of a stage.</summary>
    public string OfStage(int stage, int cell) => string.Create(CultureInfo.InvariantCulture, $"{job.Id}{Mark}{stage}.{cell}");

    /// <summary>The key of the entity that holds what concerns the job as a whole.</summary>
    public string OfJob => Prefix;

    /// <summary>What the keys of all its entities begin with.</summary>
    public string Prefix => $"{job.Id}{Mark}";

    /// <summary>The entities that are there whatever the records hold: those a pulse passes by. Ingest passes by the others, so that an idle job costs little.</summary>
    public IEnumerable<(EntityKind Kind, string Key)> Fixed
    {
        get
        {
            yield return (EntityKind.Job, OfJob);
            if (job.Stages is not null)
            {
                var places = new StagePlaces(job);
                for (var place = 0; place < places.Count; place++)
                    yield return places.EntityOf(place);
                yield break;
            }

            for (var part = 0; part < OutboxPartition.Count; part++)
                yield return (EntityKind.Output, OfOutput(part));
        }
    }

    /// <summary>What an entity's key says of the job it belongs to, and of the place within it.</summary>
    public static bool TryParse(string key, [NotNullWhen(true)] out string? jobId, [NotNullWhen(true)] out string? place)
    {
        var mark = key.IndexOf(Mark, StringComparison.Ordinal);
        (jobId, place) = mark < 0 ? (null, null) : (key[..mark], key[(mark + 1)..]);
        return mark >= 0;
    }

    private string OfCell(int cell) => string.Create(CultureInfo.InvariantCulture, $"{job.Id}{Mark}~{cell}");

    private string Place(string key)
    {
        if (_cells is { } cells)
            return OfCell(Partitioner.Of(key, cells));
        if (job.Hub.IdCharacters is not null)
            return job.Hub.Fits(Prefix + key) ? Prefix + key : $"{Prefix}~{Hash(key, HashedCharacters - 1)}";
        return key.Length <= MostCharacters ? Prefix + key : $"{Prefix}{key[..(MostCharacters - 17)]}~{Hash(key, 16)}";
    }

    private static string Hash(string key, int characters) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..characters];
}
