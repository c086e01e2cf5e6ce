using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Flink's options of the csv format: a record is a line.</summary>
/// <param name="Columns">The columns of the line, in order.</param>
public sealed record CsvFormat(ValueList<string> Columns) : IRecordFormat
{
    /// <summary>What stands between fields.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>What stands around a field that has a delimiter in it; null for nothing.</summary>
    public char? Quote { get; init; } = '"';

    /// <summary>What stands before a character that is meant as it is; null for nothing.</summary>
    public char? Escape { get; init; }

    /// <summary>What a field says that is NULL; null for nothing.</summary>
    public string? NullLiteral { get; init; }

    /// <summary>Whether lines that begin with <c>#</c> are none.</summary>
    public bool AllowComments { get; init; }

    /// <inheritdoc />
    public bool IgnoreParseErrors { get; init; }

    /// <inheritdoc />
    public override string ToString() =>
        $"csv ({string.Join(' ', Columns)}) {(int)Delimiter} {(int?)Quote} {(int?)Escape} {NullLiteral} {AllowComments} {IgnoreParseErrors}";

    /// <inheritdoc />
    RecordDecoder IRecordFormat.Decoder(IReadOnlyList<SourceField> fields, TimeZoneInfo zone) => new CsvDecoder(this, fields, zone);
}
