using System.Globalization;
using System.Web;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;

namespace Serverless.Dashboard;

/// <summary>What a request's query says.</summary>
internal sealed class RequestParameters
{
    private const string Filter = "filter.";

    // How a Functions app is told its key; it is the host's to look at.
    private const string Key = "code";

    private readonly Dictionary<string, string> _values = [];

    /// <summary>Reads a query.</summary>
    /// <exception cref="RefusedException">A parameter is given twice, or has no name.</exception>
    public RequestParameters(string query)
    {
        var values = HttpUtility.ParseQueryString(query);
        foreach (string? name in values)
        {
            if (name is null || values.GetValues(name) is not [var value])
                throw new RefusedException(400, name is null ? "a parameter has no name; write it as name=value" : $"the parameter '{name}' is given twice; keep one");
            if (name != Key)
                _values[name] = value;
        }
    }

    /// <summary>Which rows of a table are asked for.</summary>
    /// <exception cref="RefusedException">A parameter is wrong.</exception>
    public TableQuery RowsOf(TableDefinition table, int defaultLimit, int mostRows)
    {
        var filters = new List<(int, string)>();
        foreach (var (name, value) in _values)
        {
            if (name.StartsWith(Filter, StringComparison.Ordinal))
                filters.Add(FilterOf(table, name[Filter.Length..], value));
            else if (name is not ("limit" or "order"))
                throw Unknown(name, "limit, order and filter.COLUMN");
        }
        var order = _values.GetValueOrDefault("order");
        var isDescending = order is ['-', ..];
        return new TableQuery
        {
            Filters = filters,
            OrderBy = order is null ? null : ColumnOf(table, isDescending ? order[1..] : order),
            Descending = isDescending,
            Limit = Limit(defaultLimit, mostRows),
        };
    }

    /// <summary>How many values are asked for.</summary>
    /// <exception cref="RefusedException">A parameter is wrong.</exception>
    public int ValuesOf(int defaultLimit, int mostValues)
    {
        if (_values.Keys.FirstOrDefault(n => n != "limit") is { } name)
            throw Unknown(name, "limit");
        return Limit(defaultLimit, mostValues);
    }

    /// <summary>A column by its name.</summary>
    /// <exception cref="RefusedException">The table has none of that name.</exception>
    public static int ColumnOf(TableDefinition table, string name)
    {
        for (var i = 0; i < table.Columns.Count; i++)
            if (table.Columns[i].Name == name)
                return i;
        throw new RefusedException(404, $"table '{table.Name}' has no column '{name}'; it has {string.Join(", ", table.Columns.Select(c => c.Name))}");
    }

    private static (int Column, string Value) FilterOf(TableDefinition table, string name, string text)
    {
        var column = ColumnOf(table, name);
        var type = table.Columns[column].Type;
        return ColumnText.TryParse(type, text, out var value) ? (column, value) : throw new RefusedException(400, $"'{text}' is no value of column '{name}', which is {type}; correct it");
    }

    private int Limit(int defaultLimit, int most)
    {
        if (!_values.TryGetValue("limit", out var text))
            return defaultLimit;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most
            ? limit
            : throw new RefusedException(400, $"limit must be a whole number from 1 to {most}");
    }

    private static RefusedException Unknown(string name, string known) => new(400, $"there is no parameter '{name}' here; there are: {known}");
}
