using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Elasticsearch;

/// <summary>The index that a row is written to: a name, in which <c>{field}</c> and <c>{field|date-format}</c> stand for what the row has.</summary>
internal sealed class IndexName
{
    private readonly List<(string Text, int Column, DateFormat? Format)> _parts;
    private readonly TableDefinition _table;

    private IndexName(TableDefinition table, List<(string Text, int Column, DateFormat? Format)> parts) => (_table, _parts) = (table, parts);

    /// <summary>The columns that it is made of, as places in the table.</summary>
    public IEnumerable<int> Columns => _parts.Where(p => p.Column >= 0).Select(p => p.Column);

    /// <summary>Reads the option's value.</summary>
    /// <param name="text">The value.</param>
    /// <param name="table">The table with its columns.</param>
    /// <param name="problem">What is wrong with it, as in "must be …"; null if nothing is.</param>
    public static IndexName? Parse(string text, TableDefinition table, out string? problem)
    {
        var parts = new List<(string, int, DateFormat?)>();
        problem = null;
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            if (open < 0)
                open = text.Length;
            if (open > at)
                parts.Add((text[at..open], -1, null));
            if (open == text.Length)
                break;
            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                problem = "has a '{' without a '}'";
                return null;
            }

            if (Field(text[(open + 1)..close].Split('|', 2, StringSplitOptions.TrimEntries), table, out problem) is not { } field)
                return null;
            parts.Add(field);
            at = close + 1;
        }

        if (text.Length == 0)
            problem = "must not be empty";
        return problem is null ? new IndexName(table, parts) : null;
    }

    /// <summary>The index of a row.</summary>
    public string Of(object?[] values) => string.Concat(_parts.Select(p => p.Column < 0 ? p.Text : Text(values[p.Column], p.Column, p.Format)));

    private static (string, int, DateFormat?)? Field(string[] named, TableDefinition table, out string? problem)
    {
        problem = null;
        if (named[0].EndsWith("()", StringComparison.Ordinal))
        {
            problem = $"cannot go by '{named[0]}': a row that is written again would be in another index; take a time of the row, as in {{ts|yyyy-MM-dd}}";
            return null;
        }

        var column = table.Columns.ToList().FindIndex(c => c.Name == named[0]);
        if (column < 0)
        {
            problem = $"names '{named[0]}', which is no column of '{table.Name}'; there are {string.Join(", ", table.Columns.Select(c => c.Name))}";
            return null;
        }

        var type = table.Columns[column].Type;
        if (named.Length == 1)
            return ("", column, null);
        if (type.Kind is not (SqlKind.Date or SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz))
        {
            problem = $"has a date format behind '{named[0]}', which is {type}: write {{{named[0]}}}, or make the column a TIMESTAMP";
            return null;
        }

        try
        {
            return ("", column, DateFormat.Parse(named[1].Length > 0 ? named[1] : "yyyy_MM_dd"));
        }
        catch (FormatException e)
        {
            problem = $"cannot be used: {e.Message}";
            return null;
        }
    }

    private string Text(object? value, int column, DateFormat? format) => value switch
    {
        null => "null",
        DateOnly date when format is not null => format.Format(date.ToDateTime(TimeOnly.MinValue)),
        TimeOnly time when format is not null => format.Format(DateTime.UnixEpoch.Date + time.ToTimeSpan()),
        DateTime time when format is not null => format.Format(time),
        DateTimeOffset time when format is not null => format.Format(time.UtcDateTime),
        _ => DocumentId.Text(value, _table.Columns[column].Type),
    };
}
