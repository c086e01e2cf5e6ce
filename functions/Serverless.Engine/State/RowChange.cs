namespace Serverless.Engine.State;

/// <summary>An upsert or a delete of one sink row: an absolute value, never a difference.</summary>
/// <param name="Key">The row's identity within its sink: the primary key's values as text.</param>
/// <param name="Version">How new it is: of two changes of one row the newer one stays.</param>
/// <param name="IsDelete">Whether the row is to be absent.</param>
/// <param name="Values">
/// One value per column of the sink's table, null for SQL's NULL. Of a delete only the primary key's are
/// filled. BOOLEAN is <see cref="bool"/>, integers <see cref="long"/>, DECIMAL <see cref="Serverless.Engine.Values.Number"/>,
/// FLOAT and DOUBLE <see cref="double"/>, STRING <see cref="string"/>, BYTES <c>byte[]</c>, DATE
/// <see cref="DateOnly"/>, TIME <see cref="TimeOnly"/>, TIMESTAMP <see cref="DateTime"/> of unspecified kind, TIMESTAMP_LTZ
/// <see cref="DateTimeOffset"/> with offset zero.
/// </param>
public sealed record RowChange(string Key, RowVersion Version, bool IsDelete, object?[] Values)
{
    private const byte Upserted = 0;
    private const byte Deleted = 1;
    private const byte Added = 2;
    private const byte Before = 3;

    /// <summary>Whether it is a row of its own, which is added once and never changes.</summary>
    public bool IsAdded { get; init; }

    /// <summary>Whether it is a row as it was before the change that follows: of a sink without a key, where nothing else says which row changes.</summary>
    public bool IsBefore { get; init; }

    /// <summary>Writes the row, as a host stores it.</summary>
    public void WriteTo(StateWriter writer)
    {
        Write(writer);
        writer.Checksum();
    }

    /// <summary>Reads back what <see cref="WriteTo"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static RowChange Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new StateReader(bytes, "a row that waits for the sink");
        reader.Checksum();
        var row = Read(ref reader);
        reader.End();
        return row;
    }

    internal void Write(StateWriter writer)
    {
        writer.Text(Key);
        Version.Write(writer);
        writer.Byte(IsBefore ? Before : IsDelete ? Deleted : IsAdded ? Added : Upserted);
        writer.Row(Values);
    }

    internal static RowChange Read(ref StateReader reader) => Read(reader.Text(), RowVersion.Read(ref reader), ref reader);

    /// <summary>Reads one whose version is its number of events alone.</summary>
    internal static RowChange ReadFormer(ref StateReader reader) => new(reader.Text(), new RowVersion(0, 0, reader.Long()), reader.Byte() != 0, reader.Row());

    private static RowChange Read(string key, RowVersion version, ref StateReader reader)
    {
        var kind = reader.Byte();
        return new RowChange(key, version, kind is Deleted or Before, reader.Row()) { IsAdded = kind == Added, IsBefore = kind == Before };
    }
}
