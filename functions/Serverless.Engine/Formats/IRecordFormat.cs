namespace Serverless.Engine.Formats;

/// <summary>How the records of a table are decoded. A format prints as all that decides what a record means: fingerprints hold it.</summary>
public interface IRecordFormat
{
    /// <summary>Whether a record that cannot be decoded is skipped instead of set aside.</summary>
    bool IgnoreParseErrors { get; }

    /// <summary>Whether a record may take rows away again, so that the table is no append-only relation.</summary>
    bool IsChangelog => false;

    /// <summary>Whether a record without a value means something: that its key's row is deleted.</summary>
    bool ReadsTombstones => false;

    /// <summary>Makes a decoder of the fields that a job needs.</summary>
    /// <param name="fields">The fields.</param>
    /// <param name="zone">The time zone of times without one.</param>
    internal RecordDecoder Decoder(IReadOnlyList<SourceField> fields, TimeZoneInfo zone);
}
