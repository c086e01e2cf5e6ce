namespace Serverless.Connectors.Tables;

/// <summary>Reads a sink's table where it is: the database's, or the embedded one. It writes nothing. May be asked by several at once.</summary>
public interface ITableReader : IAsyncDisposable
{
    /// <summary>Reads rows.</summary>
    /// <returns>Of each row a value per column of the script's table.</returns>
    /// <exception cref="SinkUnavailableException">The database cannot be reached now, or took too long.</exception>
    /// <exception cref="ConnectorException">It cannot be read: the table is gone, or the user may not.</exception>
    Task<TableRows> ReadAsync(TableQuery query, CancellationToken cancellationToken);

    /// <summary>Reads the distinct values of a column, the greatest first; NULL is none.</summary>
    /// <param name="column">The column, as an index into the script's.</param>
    /// <param name="limit">The most values.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <inheritdoc cref="ReadAsync"/>
    Task<IReadOnlyList<string>> ValuesAsync(int column, int limit, CancellationToken cancellationToken);
}

/// <summary>Which rows of a table, and in what order.</summary>
public sealed record TableQuery
{
    /// <summary>What columns must be equal to: indices into the script's columns, and values as <see cref="TableRows"/> has them.</summary>
    public IReadOnlyList<(int Column, string Value)> Filters { get; init; } = [];

    /// <summary>The column to go by, NULL last; the key's follow. Null for the key's alone.</summary>
    public int? OrderBy { get; init; }

    /// <summary>Whether <see cref="OrderBy"/> goes from the greatest to the smallest.</summary>
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
