using System.Collections;

namespace Serverless.Engine.State;

/// <summary>Versions of rows that are written, each with when it was, in milliseconds.</summary>
/// <param name="versions">By row.</param>
public sealed class WrittenVersions(PackedDictionary versions) : IEnumerable<(string Key, RowVersion Version, long At)>
{
    private const byte Format = 1;

    /// <summary>How many there are.</summary>
    public int Count => versions.Count;

    /// <summary>Opens what <see cref="Pack"/> returned.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="number">The number that they were packed with.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static WrittenVersions Open(ReadOnlySpan<byte> bytes, out long number)
    {
        var reader = new StateReader(bytes, "written versions");
        reader.Version(Format, Format);
        reader.Checksum();
        number = reader.Long();
        var versions = PackedDictionary.Open(reader.Bytes().ToArray());
        reader.End();
        return new WrittenVersions(versions);
    }

    /// <summary>Returns them as bytes.</summary>
    /// <param name="number">A number that tells them from others.</param>
    public byte[] Pack(long number)
    {
        var writer = new StateWriter();
        writer.Byte(Format);
        writer.Long(number);
        writer.Bytes(versions.Pack().Span);
        writer.Checksum();
        return writer.Written.ToArray();
    }

    /// <summary>The version of a row; null if none is known.</summary>
    public (RowVersion Version, long At)? Find(string key) => Find(versions, key);

    /// <inheritdoc />
    public IEnumerator<(string Key, RowVersion Version, long At)> GetEnumerator()
    {
        foreach (var (key, bytes) in versions)
        {
            var (version, at) = Read(bytes);
            yield return (key, version, at);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static (RowVersion Version, long At)? Find(PackedDictionary versions, string key) => versions.TryGetValue(key, out var bytes) ? Read(bytes) : null;

    internal static void Put(PackedDictionary versions, string key, RowVersion version, long at)
    {
        var writer = new StateWriter();
        version.Write(writer);
        writer.Long(at);
        versions[key] = writer.Written.ToArray();
    }

    private static (RowVersion Version, long At) Read(byte[] bytes)
    {
        var reader = new StateReader(bytes, "a written version");
        var read = (RowVersion.Read(ref reader), reader.Long());
        reader.End();
        return read;
    }
}
