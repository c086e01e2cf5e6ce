namespace Serverless.Connectors.Databases.Common;

/// <summary>Reads a table of a database server.</summary>
/// <param name="reading">The connections; its to dispose of.</param>
/// <param name="select">The table's statements.</param>
/// <param name="place">What and where the table is, for messages.</param>
internal sealed class DatabaseTableReader(IReading reading, TableSelect select, string place) : ITableReader
{
    /// <inheritdoc />
    public async Task<TableRows> ReadAsync(TableQuery query, CancellationToken cancellationToken)
    {
        var rows = await AskAsync(select.Rows(query), cancellationToken);
        return rows.Count > query.Limit ? new TableRows(rows[..query.Limit], HasMore: true) : new TableRows(rows, HasMore: false);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> ValuesAsync(int column, int limit, CancellationToken cancellationToken) =>
        [.. (await AskAsync(select.Values(column, limit), cancellationToken)).Select(r => r[0]!).Distinct()];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reading.DisposeAsync();

    private async Task<List<string?[]>> AskAsync(ReadStatement statement, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.AskAsync(statement, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var message = $"{place}: {reading.Describe(e)}";
            throw reading.Classify(e) is DatabaseFailure.Passing or DatabaseFailure.Connection ? new SinkUnavailableException(message, e) : new ConnectorException(message, e);
        }
    }
}
