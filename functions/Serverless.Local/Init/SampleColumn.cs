namespace Serverless.Local.Init;

/// <summary>A value in a sample's events: a field, or a field of an object in a field.</summary>
/// <param name="Name">What it may be called: the names on the way to it.</param>
/// <param name="Expression">How a query names it.</param>
/// <param name="Field">What its values are like.</param>
/// <param name="Type">Its type; null if none reads it.</param>
internal sealed record SampleColumn(string Name, string Expression, FieldSample Field, string? Type)
{
    private static readonly string[] KindNames = ["id", "code", "type", "kind", "status", "level", "key"];

    /// <summary>Whether its name looks like an identifier's, so that a sum of it would mean nothing.</summary>
    public bool IsKind => KindNames.Any(k => Name.EndsWith(k, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it can be added up.</summary>
    public bool IsAmount => !IsKind && (Type is "BIGINT" or "DOUBLE" || IsDecimal);

    /// <summary>Whether it is a decimal.</summary>
    public bool IsDecimal => Type?.StartsWith("DECIMAL", StringComparison.Ordinal) == true;

    /// <summary>Whether it is a point in time.</summary>
    public bool IsTimestamp => Type?.StartsWith("TIMESTAMP", StringComparison.Ordinal) == true;

    /// <summary>Returns the values of a field: itself, or those of the objects that it holds.</summary>
    /// <param name="field">The field.</param>
    /// <param name="isIso">Whether timestamps are read as ISO 8601 has them.</param>
    public static IEnumerable<SampleColumn> Of(FieldSample field, bool isIso) => Of(field, isIso, [], []);

    private static IEnumerable<SampleColumn> Of(FieldSample field, bool isIso, string[] names, string[] path)
    {
        string[] called = [.. names, field.Name];
        string[] at = [.. path, SqlName.Of(field.Name)];
        return field.IsRow
            ? field.Fields.SelectMany(f => Of(f, isIso, called, at))
            : [new SampleColumn(string.Join('_', called), string.Join('.', at), field, field.TypeOf(isIso))];
    }
}
