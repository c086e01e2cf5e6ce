namespace Serverless.Connectors.Databases.Common;

/// <summary>Reads a sink's table, in a database or in the embedded file. It never writes. Safe for concurrent use.</summary>
public interface ITableReader : IAsyncDisposable
{
    /// <summary>Reads rows.</summary>
    /// <returns>Of each row a value per column of the script's table.</returns>
    /// <exception cref="SinkUnavailableException">The database cannot be reached now, or took too long.</exception>
    /// <exception cref="ConnectorException">It cannot be read: the table is gone, or the user may not.</exception>
    Task<TableRows> ReadAsync(TableQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the distinct values of a column, the greatest first, without NULL.</summary>
    /// <param name="column">The column, as an index into the script's.</param>
    /// <param name="limit">The most values.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <inheritdoc cref="ReadAsync"/>
    Task<IReadOnlyList<string>> ValuesAsync(int column, int limit, CancellationToken cancellationToken);
}

/// <summary>Which rows of a table, and in what order.</summary>
public sealed record TableQuery
{
    /// <summary>Columns and the values that they must equal: indices into the script's columns, and values in the form of <see cref="TableRows"/>.</summary>
    public IReadOnlyList<(int Column, string Value)> Filters { get; init; } = [];

    /// <summary>The column to sort by, NULL last, before the key's columns. Null to sort by the key only.</summary>
    public int? OrderBy { get; init; }

    /// <summary>Whether <see cref="OrderBy"/> is descending.</summary>
    public bool Descending { get; init; }

    /// <summary>The most rows.</summary>
    public required int Limit { get; init; }
}

/// <summary>Rows of a table.</summary>
/// <param name="Rows">
/// The values as text, null for SQL's NULL: numbers with every digit, dates and times as <c>2021-12-01</c>, <c>19:11:00</c>, <c>2021-12-01 19:11:00.500000</c>
/// (instants in UTC), <c>true</c> and <c>false</c>, bytes in hexadecimal digits.
/// </param>
/// <param name="HasMore">Whether there are more than the limit.</param>
public sealed record TableRows(IReadOnlyList<string?[]> Rows, bool HasMore);
