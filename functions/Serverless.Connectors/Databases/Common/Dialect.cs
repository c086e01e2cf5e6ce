using System.Globalization;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Common;

/// <summary>The SQL of one kind of database: the types that the script's types become, and which values its columns take.</summary>
internal abstract class Dialect
{
    /// <summary>The length that people write for "any text": a shorter column deserves a warning, this one does not.</summary>
    protected const int AnyText = 255;

    // A value has at most seven digits of a second, and no database keeps more than six.
    /// <summary>The digits of a second that every database has.</summary>
    public const int MostDigitsOfSecond = 6;

    /// <summary>How the database compares columns' names.</summary>
    public abstract StringComparer Names { get; }

    /// <summary>Whether texts become numbers and dates, and bytes texts, on their way into a column.</summary>
    protected abstract bool ConvertsText { get; }

    /// <summary>What happens to rows with equal values in another unique index, as in "overwrite each other".</summary>
    public abstract string UniqueClash { get; }

    /// <summary>A name as the database's SQL writes it.</summary>
    public abstract string Quote(string name);

    /// <summary>The type that holds a column's values.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column, as an index into the script's.</param>
    public abstract string TypeOf(SinkTable table, int column);

    /// <summary>What makes the table.</summary>
    public abstract string CreateTable(SinkTable table);

    /// <summary>The statement that changes a column's type; null if the database cannot.</summary>
    public abstract string? ChangeType(SinkTable table, ActualColumn column, string type);

    /// <summary>The statement that makes a column nullable; null if the database cannot.</summary>
    public abstract string? DropNotNull(SinkTable table, ActualColumn column);

    /// <summary>The statement that makes a key column distinguish all texts; null if the database cannot.</summary>
    public abstract string? MakeExact(SinkTable table, ActualColumn column);

    /// <summary>What the database's own name of a type means.</summary>
    protected abstract ColumnType Parse(string type);

    /// <summary>What a column of the database does to the values of a script's column; null if it takes them all unchanged.</summary>
    public virtual ColumnMismatch? Fit(SqlType type, ActualColumn column)
    {
        var actual = Parse(column.Type);
        return type.Kind switch
        {
            SqlKind.TinyInt => FitInteger(1, 3, actual),
            SqlKind.SmallInt => FitInteger(2, 5, actual),
            SqlKind.Int => FitInteger(4, 10, actual),
            SqlKind.BigInt => FitInteger(8, 19, actual),
            SqlKind.Decimal => FitDecimal(type.Length, type.Scale, actual),
            SqlKind.Float or SqlKind.Double => FitFloat(type.Kind == SqlKind.Double, actual),
            SqlKind.Boolean => actual.Kind == ColumnKind.Boolean ? null : Other("a truth value", actual),
            SqlKind.String => FitText(type.Length, actual),
            SqlKind.Bytes => FitBytes(type.Length, actual),
            SqlKind.Date => actual.Kind switch
            {
                ColumnKind.Date or ColumnKind.Timestamp => null,
                ColumnKind.Instant => Some("holds the midnight in UTC"),
                _ => Other("a date", actual),
            },
            SqlKind.Time => actual.Kind == ColumnKind.Time ? FitSecond(type.Length, actual) : Other("a time", actual),
            SqlKind.Timestamp => actual.Kind == ColumnKind.Instant ? FitInstant(type, actual) : FitTimestamp(type, actual),
            SqlKind.TimestampLtz => actual.Kind == ColumnKind.Timestamp
                ? Some("holds the time in UTC, which whoever reads it must know")
                : FitTimestamp(type, actual),
            _ => None($"takes no {type}"),
        };
    }

    /// <summary>Whether a column of the database can be read as a script's type; of text, each value decides.</summary>
    public bool CanRead(SqlType type, ActualColumn column)
    {
        var actual = Parse(column.Type);
        return type.Kind switch
        {
            SqlKind.String => actual.Kind != ColumnKind.Bytes,
            SqlKind.Bytes => actual.Kind == ColumnKind.Bytes,
            SqlKind.Boolean => actual.Kind is ColumnKind.Boolean or ColumnKind.Integer or ColumnKind.Text,
            SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt => actual.Kind is ColumnKind.Integer or ColumnKind.Text || actual is { Kind: ColumnKind.Decimal, Scale: 0 },
            SqlKind.Decimal or SqlKind.Float or SqlKind.Double => actual.Kind is ColumnKind.Integer or ColumnKind.Decimal or ColumnKind.Float or ColumnKind.Double or ColumnKind.Text,
            SqlKind.Date => actual.Kind is ColumnKind.Date or ColumnKind.Timestamp or ColumnKind.Text,
            SqlKind.Time => actual.Kind is ColumnKind.Time or ColumnKind.Text,
            SqlKind.Timestamp or SqlKind.TimestampLtz => actual.Kind is ColumnKind.Timestamp or ColumnKind.Instant or ColumnKind.Date or ColumnKind.Text,
            _ => false,
        };
    }

    /// <summary>What a column of instants does to times without a zone.</summary>
    protected virtual ColumnMismatch? FitInstant(SqlType type, ColumnType actual) => Some("takes the time for one in UTC, and shows it in the reader's zone");

    /// <summary>The lines within the parentheses of a <c>CREATE TABLE</c>.</summary>
    protected string Columns(SinkTable table, string versionType)
    {
        var lines = table.Definition.Columns.Select((c, i) => $"  {Quote(c.Name)} {Column(TypeOf(table, i), c.IsNotNull || table.Definition.PrimaryKey.Contains(i))}").ToList();
        if (table.VersionColumn is { } version)
            lines.Add($"  {Quote(version)} {versionType}");
        if (table.Definition.PrimaryKey.Count > 0)
            lines.Add($"  PRIMARY KEY ({List(table.Definition.PrimaryKey.Select(i => table.Definition.Columns[i].Name))})");
        return string.Join(",\n", lines);
    }

    /// <summary>A column's type with whether it takes NULL.</summary>
    protected virtual string Column(string type, bool isNotNull) => isNotNull ? $"{type} NOT NULL" : type;

    /// <summary>The table's name, with its schema where there is one.</summary>
    public string NameOf(SinkTable table) => table.Schema is null ? Quote(table.Name) : $"{Quote(table.Schema)}.{Quote(table.Name)}";

    /// <summary>Names, quoted.</summary>
    public string List(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));

    protected static ColumnMismatch Some(string text) => new(Severity.Warning, $"it {text}");

    protected static ColumnMismatch Alters(string text) => new(Severity.Warning, $"it {text}", Alters: true);

    protected static ColumnMismatch None(string text) => new(Severity.Error, $"it {text}");

    private static ColumnMismatch? FitInteger(int bytes, int digits, ColumnType actual) => actual.Kind switch
    {
        ColumnKind.Integer when actual.IsUnsigned => Some(actual.Length < bytes ? $"takes only 0 to {Max(actual)}" : "takes no number below zero"),
        ColumnKind.Integer => actual.Length < bytes ? Some($"takes only {Min(actual)} to {Max(actual)}") : null,
        ColumnKind.Decimal when actual.IsUnsigned => Some("takes no number below zero"),
        ColumnKind.Decimal => actual.Length > 0 && actual.Length - actual.Scale < digits ? Some($"takes at most {Digits(actual.Length - actual.Scale)}") : null,
        ColumnKind.Float => bytes > 2 ? Alters("keeps the first 7 digits only") : null,
        ColumnKind.Double => bytes > 4 ? Alters("keeps the first 15 digits only") : null,
        _ => Other("a number", actual),
    };

    private static ColumnMismatch? FitDecimal(int precision, int scale, ColumnType actual) => actual.Kind switch
    {
        ColumnKind.Integer when scale > 0 => Alters("rounds to a whole number"),
        ColumnKind.Integer when actual.IsUnsigned || DigitsOf(actual) < precision => Some($"takes only {Min(actual)} to {Max(actual)}"),
        ColumnKind.Integer => null,
        ColumnKind.Decimal when actual.Length == 0 => null,
        ColumnKind.Decimal when actual.Scale < scale => Alters($"rounds to {Digits(actual.Scale)} behind the point"),
        ColumnKind.Decimal when actual.Length - actual.Scale < precision - scale => Some($"takes at most {Digits(actual.Length - actual.Scale)} before the point"),
        ColumnKind.Decimal => actual.IsUnsigned ? Some("takes no number below zero") : null,
        ColumnKind.Float => precision > 6 ? Alters("keeps the first 7 digits only") : null,
        ColumnKind.Double => precision > 15 ? Alters("keeps the first 15 digits only") : null,
        _ => Other("a number", actual),
    };

    private static ColumnMismatch? FitFloat(bool isDouble, ColumnType actual) => actual.Kind switch
    {
        ColumnKind.Integer => Alters("rounds to a whole number"),
        ColumnKind.Decimal => actual.Length == 0 ? null : Alters($"rounds to {Digits(actual.Scale)} behind the point, and takes at most {actual.Length - actual.Scale} before it"),
        ColumnKind.Float => isDouble ? Alters("keeps the first 7 digits only") : null,
        ColumnKind.Double => null,
        _ => Other("a number", actual),
    };

    private ColumnMismatch? FitText(int length, ColumnType actual) => actual.Kind switch
    {
        ColumnKind.Text when actual.Length > 0 && actual.Length < (length == 0 ? AnyText : Math.Min(length, FullText)) => Some($"takes at most {actual.Length} characters"),
        ColumnKind.Text => null,
        ColumnKind.Bytes when ConvertsText => actual.Length > 0 && actual.Length < (length == 0 ? AnyText : Math.Min(length, FullText)) ? Some($"takes at most {actual.Length} bytes") : null,
        ColumnKind.Bytes => None("takes no text"),
        _ => ConvertsText ? Alters("takes only text that is such a value") : None("takes no text"),
    };

    /// <summary>The characters that a column for any text holds at least.</summary>
    protected abstract int FullText { get; }

    private ColumnMismatch? FitBytes(int length, ColumnType actual) => actual.Kind switch
    {
        ColumnKind.Bytes when actual.Length > 0 && actual.Length < (length == 0 ? AnyText : Math.Min(length, FullText)) => Some($"takes at most {actual.Length} bytes"),
        ColumnKind.Bytes => actual.IsFixed ? Alters("pads with zero bytes") : null,
        ColumnKind.Text when ConvertsText => Some("takes only bytes that are text"),
        _ => Other("bytes", actual),
    };

    private static ColumnMismatch? FitTimestamp(SqlType type, ColumnType actual) => actual.Kind switch
    {
        ColumnKind.Timestamp or ColumnKind.Instant => FitSecond(type.Length, actual),
        ColumnKind.Date => Alters("keeps the date only"),
        ColumnKind.Time => Alters("keeps the time of day only"),
        _ => Other("a timestamp", actual),
    };

    /// <summary>What a column does to digits of a second.</summary>
    protected static ColumnMismatch? FitSecond(int digits, ColumnType actual) => Math.Min(digits, MostDigitsOfSecond) > actual.Length
        ? Alters(actual.Length == 0 ? "rounds to whole seconds" : $"rounds to {Digits(actual.Length)} of a second")
        : null;

    private static ColumnMismatch Other(string what, ColumnType actual) =>
        actual.Kind == ColumnKind.Text ? Some($"holds {what} as text, and orders and compares it so") : None($"does not take {what}");

    private static string Digits(int count) => count == 1 ? "1 digit" : $"{count} digits";

    private static int DigitsOf(ColumnType integer) => integer.Length switch { 1 => 2, 2 => 4, 3 => 6, 4 => 9, _ => 18 };

    private static string Min(ColumnType integer) => integer.IsUnsigned ? "0" : (-(Int128.One << (8 * integer.Length - 1))).ToString(CultureInfo.InvariantCulture);

    private static string Max(ColumnType integer) => ((Int128.One << (8 * integer.Length - (integer.IsUnsigned ? 0 : 1))) - 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads <c>name(1,2)rest</c>.</summary>
    protected static (string Name, int First, int Second) Split(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        var close = type.IndexOf(')', StringComparison.Ordinal);
        if (open < 0 || close < open)
            return (type, 0, 0);
        var numbers = type[(open + 1)..close].Split(',');
        return ((type[..open] + type[(close + 1)..]).Trim(), Number(numbers[0]), numbers.Length > 1 ? Number(numbers[1]) : 0);
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
