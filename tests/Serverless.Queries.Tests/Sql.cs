using System.Runtime.CompilerServices;
using System.Text;

namespace Serverless.Queries.Tests;

/// <summary>A piece of SQL in Flink's dialect and in DuckDB's.</summary>
internal sealed record Sql(string Flink, string Duck)
{
    public static readonly Sql Empty = new("", "");

    public static implicit operator Sql(string both) => new(both, both);

    /// <summary>Text with pieces in it: each dialect gets its own.</summary>
    public static Sql Of(SqlHandler text) => text.Sql;

    public static Sql Join(string separator, IEnumerable<Sql> pieces)
    {
        var all = pieces.ToList();
        return new Sql(string.Join(separator, all.Select(p => p.Flink).Where(p => p.Length > 0)), string.Join(separator, all.Select(p => p.Duck).Where(p => p.Length > 0)));
    }

    /// <summary>Text for DuckDB alone: what Flink's dialect does without being told.</summary>
    public static Sql DuckOnly(string text) => new("", text);
}

/// <summary>Builds a <see cref="Sql"/> from an interpolated string.</summary>
[InterpolatedStringHandler]
internal readonly struct SqlHandler
{
    private readonly StringBuilder _flink;
    private readonly StringBuilder _duck;

    public SqlHandler(int literalLength, int formattedCount)
    {
        _ = formattedCount;
        (_flink, _duck) = (new StringBuilder(literalLength * 2), new StringBuilder(literalLength * 2));
    }

    public Sql Sql => new(_flink.ToString(), _duck.ToString());

    public void AppendLiteral(string text)
    {
        _flink.Append(text);
        _duck.Append(text);
    }

    public void AppendFormatted(Sql sql)
    {
        _flink.Append(sql.Flink);
        _duck.Append(sql.Duck);
    }

    public void AppendFormatted(string text) => AppendLiteral(text);

    public void AppendFormatted(long number) => AppendLiteral(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
