using System.Text.RegularExpressions;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.MySql;

/// <summary>MySQL's SQL.</summary>
/// <param name="flavour">Whose of it.</param>
internal sealed partial class MySqlDialect(MySqlFlavour flavour = MySqlFlavour.MySql80) : Dialect
{
    // Of an index' entry, in bytes, of which utf8mb4 counts four a character.
    private const int LongestKey = 3072;
    private const int BytesOfCharacter = 4;

    // A row holds 65,535 bytes beside its texts and blobs: longer columns are better one of those.
    private const int LongestVarchar = 4000;

    // Of the character sets that hold all of Unicode, how the collations' names begin.
    private static readonly string[] AllCharacters = ["utf8mb4_", "utf16", "utf32_", "gb18030_"];

    /// <inheritdoc />
    public override StringComparer Names => StringComparer.OrdinalIgnoreCase;

    /// <inheritdoc />
    protected override bool ConvertsText => true;

    /// <inheritdoc />
    protected override int FullText => 16_383; // a TEXT of the longest characters

    /// <inheritdoc />
    public override string UniqueClash => "rows with the same values there overwrite each other";

    // MariaDB keeps more digits behind the point.
    private int LargestScale => flavour == MySqlFlavour.MariaDb ? 38 : 30;

    /// <summary>Returns the collation of a server that tells most texts apart: 'App1' and 'app1', and, where it has one that does, 'app1' and 'app1 '.</summary>
    internal static string CollationOf(MySqlFlavour flavour) => flavour switch
    {
        MySqlFlavour.MySql80 => "utf8mb4_0900_bin",
        MySqlFlavour.MariaDb => "utf8mb4_nopad_bin",
        _ => "utf8mb4_bin",
    };

    /// <inheritdoc />
    public override string Quote(string name) => MySqlStatements.Quote(name);

    /// <inheritdoc />
    public override string TypeOf(SinkTable table, int column)
    {
        var type = table.Definition.Columns[column].Type;
        var isKey = table.Definition.PrimaryKey.Contains(column);
        return type.Kind switch
        {
            SqlKind.Boolean => "TINYINT(1)",
            SqlKind.TinyInt => "TINYINT",
            SqlKind.SmallInt => "SMALLINT",
            SqlKind.Int => "INT",
            SqlKind.BigInt => "BIGINT",
            SqlKind.Decimal => $"DECIMAL({type.Length - type.Scale + Math.Min(type.Scale, LargestScale)},{Math.Min(type.Scale, LargestScale)})",
            SqlKind.Float => "FLOAT",
            SqlKind.Double => "DOUBLE",
            // An index takes no LONGTEXT. A LONGTEXT takes any STRING for two bytes a row more than a TEXT, which refuses those above 64 KB.
            SqlKind.String when isKey => $"VARCHAR({KeyLength(table, type)})",
            SqlKind.String => type.Length is 0 or > LongestVarchar ? "LONGTEXT" : $"VARCHAR({type.Length})",
            SqlKind.Bytes when isKey => $"VARBINARY({KeyLength(table, type)})",
            SqlKind.Bytes => type.Length is 0 or > LongestVarchar ? "LONGBLOB" : $"VARBINARY({type.Length})",
            SqlKind.Date => "DATE",
            SqlKind.Time => $"TIME{Second(type)}",
            SqlKind.Timestamp => $"DATETIME{Second(type)}",
            // The one type that means an instant whatever a session's zone; it ends in 2038. A DATETIME goes on, but nothing says that it is UTC.
            SqlKind.TimestampLtz => $"TIMESTAMP{Second(type)}",
            _ => throw new InvalidOperationException($"{type} has no values of its own"),
        };
    }

    /// <inheritdoc />
    public override string CreateTable(SinkTable table)
    {
        var text = $"CREATE TABLE IF NOT EXISTS {NameOf(table)} (\n{Columns(table, "BIGINT NOT NULL DEFAULT 0")}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE={CollationOf(flavour)};";
        return flavour == MySqlFlavour.MySql57 && table.Definition.PrimaryKey.Any(i => table.Definition.Columns[i].Type.Kind == SqlKind.String)
            ? $"-- MySQL 5.7 has no collation that tells 'app1' and 'app1 ' apart: where keys may end in blanks, RTRIM them in the query.\n{text}"
            : text;
    }

    /// <inheritdoc />
    public override string? ChangeType(SinkTable table, ActualColumn column, string type)
    {
        var isText = type.Contains("CHAR", StringComparison.OrdinalIgnoreCase) || type.Contains("TEXT", StringComparison.OrdinalIgnoreCase);
        var collation = !isText ? "" : column.Collation is { Name: var name } && HoldsAll(name) ? $" COLLATE {name}" : " CHARACTER SET utf8mb4";
        return Modify(table, column, type + collation);
    }

    /// <inheritdoc />
    public override string? DropNotNull(SinkTable table, ActualColumn column) => ChangeType(table, column with { IsNullable = true }, column.Type);

    /// <inheritdoc />
    public override string? MakeExact(SinkTable table, ActualColumn column)
    {
        if (column.Collation?.Exact is not { } exact)
            return null;
        // A CHAR loses its trailing blanks under any collation.
        var type = column.Type.StartsWith("char", StringComparison.OrdinalIgnoreCase) ? $"var{column.Type}" : column.Type;
        return Modify(table, column, $"{type} CHARACTER SET utf8mb4 COLLATE {exact}");
    }

    // MODIFY forgets what it does not say.
    private string Modify(SinkTable table, ActualColumn column, string type)
    {
        // The time now must have as many digits as the column.
        var defaults = Moment().Match(type) is { Success: true } moment ? Now().Replace(column.Default, $"CURRENT_TIMESTAMP{moment.Groups["digits"].Value}") : column.Default;
        var definition = defaults.Length > 0 && !column.IsNullable ? base.Column(type, isNotNull: true) : Column(type, !column.IsNullable);
        return $"ALTER TABLE {NameOf(table)} MODIFY {string.Join(' ', ((string[])[Quote(column.Name), definition, defaults, column.Comment]).Where(p => p.Length > 0))}";
    }

    /// <inheritdoc />
    public override ColumnMismatch? Fit(SqlType type, ActualColumn column) =>
        type.Kind == SqlKind.Boolean && (Parse(column.Type).Kind == ColumnKind.Integer || column.Type == "bit(1)") ? null
        : base.Fit(type, column) ?? (type.Kind == SqlKind.String && column.Collation is { Name: var name } && !HoldsAll(name)
            ? Some($"takes only characters that its collation {name} has")
            : null);

    /// <inheritdoc />
    protected override ColumnMismatch? FitInstant(SqlType type, ColumnType actual) =>
        Some("takes the time for one in UTC, from 1970 to 2038 only, and shows it in the reader's zone");

    /// <inheritdoc />
    protected override ColumnType Parse(string type)
    {
        var (name, first, second) = Split(type.ToLowerInvariant());
        var words = name.Split(' ');
        var parsed = words[0] switch
        {
            "tinyint" => new ColumnType(ColumnKind.Integer, 1),
            "smallint" => new(ColumnKind.Integer, 2),
            "mediumint" => new(ColumnKind.Integer, 3),
            "int" => new(ColumnKind.Integer, 4),
            "bigint" => new(ColumnKind.Integer, 8),
            "decimal" => new(ColumnKind.Decimal, first, second),
            "float" => new(ColumnKind.Float),
            "double" => new(ColumnKind.Double),
            "char" or "varchar" => new(ColumnKind.Text, first),
            "tinytext" => new(ColumnKind.Text, 63), // of the longest characters, as the others
            "text" => new(ColumnKind.Text, FullText),
            "mediumtext" or "longtext" => new(ColumnKind.Text),
            "binary" => new(ColumnKind.Bytes, first) { IsFixed = true },
            "varbinary" => new(ColumnKind.Bytes, first),
            "tinyblob" => new(ColumnKind.Bytes, 255),
            "blob" => new(ColumnKind.Bytes, 65_535),
            "mediumblob" or "longblob" => new(ColumnKind.Bytes),
            "date" => new(ColumnKind.Date),
            "time" => new(ColumnKind.Time, first),
            "datetime" => new(ColumnKind.Timestamp, first),
            "timestamp" => new(ColumnKind.Instant, first),
            _ => new(ColumnKind.Other),
        };
        return parsed with { IsUnsigned = words.Contains("unsigned") };
    }

    /// <summary>Says NULL of a TIMESTAMP, and gives it a default: otherwise servers make one up, which changes with every update.</summary>
    protected override string Column(string type, bool isNotNull) => !type.StartsWith("TIMESTAMP", StringComparison.OrdinalIgnoreCase)
        ? base.Column(type, isNotNull)
        : isNotNull ? $"{type} NOT NULL DEFAULT CURRENT_{type}" : $"{type} NULL";

    // Six digits at most.
    private static string Second(SqlType type) => type.Length == 0 ? "" : $"({Math.Min(type.Length, 6)})";

    // As long as the script says, or AnyText; shorter where the whole key would be too long for an index.
    private static int KeyLength(SinkTable table, SqlType type)
    {
        var key = table.Definition.PrimaryKey.Select(i => table.Definition.Columns[i].Type).ToList();
        var free = LongestKey - key.Sum(t => t.Kind switch { SqlKind.String or SqlKind.Bytes => 0, SqlKind.Decimal => 20, _ => 8 });
        var texts = key.Where(t => t.Kind is SqlKind.String or SqlKind.Bytes).ToList();
        return texts.Sum(t => (long)Wanted(t) * BytesOfCharacter) <= free ? Wanted(type) : Math.Min(Wanted(type), free / BytesOfCharacter / texts.Count);

        static int Wanted(SqlType text) => text.Length == 0 ? AnyText : text.Length;
    }

    [GeneratedRegex(@"^(DATETIME|TIMESTAMP)(?<digits>\(\d\))?", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Moment();

    [GeneratedRegex(@"CURRENT_TIMESTAMP(\(\d?\))?", RegexOptions.IgnoreCase)]
    private static partial Regex Now();

    private static bool HoldsAll(string collation) =>
        collation == "binary" || AllCharacters.Any(c => collation.StartsWith(c, StringComparison.OrdinalIgnoreCase));
}
