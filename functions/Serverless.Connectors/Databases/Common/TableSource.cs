using Microsoft.Extensions.Logging;
using Serverless.Connectors.Lookup;
using Serverless.Engine.Formats;
using Serverless.Engine.Ingest;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Databases.Common;

/// <summary>
/// Reads the rows that a table of a database has when the job starts, once: they are partition 0, in the order of the primary key, and their numbers the offsets. A job
/// that goes on later does not read them again.
/// </summary>
/// <param name="reading">The connections; its to dispose of.</param>
/// <param name="select">The table's statements.</param>
/// <param name="table">The table.</param>
/// <param name="place">What and where the table is, for messages.</param>
/// <param name="inspect">Compares the table with the database's.</param>
/// <param name="positions">Keeps how many rows were read; null to read them each time.</param>
/// <param name="logger">Told what is waited for.</param>
internal sealed class TableSource(
    IReading reading, TableSelect select, TableDefinition table, string place, Func<CancellationToken, Task<IReadOnlyList<TableDiagnostic>>> inspect, IPositionStore? positions, ILogger logger)
    : ISource
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RowEncoder _encoder = RowEncoder.Of(table, false).Value;
    private List<string?[]>? _rows;
    private long _next;
    private long? _saved;
    private string? _problem;

    /// <inheritdoc />
    public string Topic => table.Name;

    /// <inheritdoc />
    public SourceHealth Health => _problem is { } problem ? new SourceHealth(false, problem) : new SourceHealth(_rows is null ? null : true);

    private long End => _saved ?? _rows?.Count ?? 0;

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _saved = positions is null ? null : await positions.LoadAsync(cancellationToken);
        _next = _saved ?? 0;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionBounds>>(_rows is null && _saved is null ? [] : [new PartitionBounds(0, 0, _next, End)]);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (_rows is null && _saved is null)
            await ScanAsync(cancellationToken);
        if (_next >= End || _rows is null)
        {
            await Task.Delay(wait, cancellationToken);
            return [];
        }

        var batch = new List<Record>();
        for (var end = Math.Min(End, _next + maxRecords); _next < end; _next++)
            batch.Add(new Record(0, _next, 0, Encoded(_rows[(int)_next])));
        return batch;
    }

    /// <inheritdoc />
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        // A part of them is no place to go on from: the table may have others in front by then.
        if (positions is null || _saved is not null || _rows is null || _next < _rows.Count)
            return;
        await positions.SaveAsync(_next, cancellationToken);
        _saved = _next;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionLag>?>(_rows is null && _saved is null ? null : [new PartitionLag(0, End - _next)]);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reading.DisposeAsync();

    private async Task ScanAsync(CancellationToken cancellationToken)
    {
        try
        {
            var errors = (await inspect(cancellationToken)).Where(f => f.Severity == Severity.Error).Select(f => f.Message).ToList();
            if (errors.Count > 0)
                throw new ConnectorException(string.Join('\n', errors));
            _rows = await reading.AskAsync(select.All(), cancellationToken);
            _problem = null;
        }
        catch (Exception e) when (e is not ConnectorException && !cancellationToken.IsCancellationRequested)
        {
            var message = $"{place}: {reading.Describe(e)}";
            if (reading.Classify(e) is not (DatabaseFailure.Passing or DatabaseFailure.Connection))
                throw new ConnectorException(message, e);
            if (_problem is null)
                logger.LogWarning("{Message}; still trying", message);
            _problem = message;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    // A value that is none of its column's type becomes a dead letter as it is.
    private byte[] Encoded(string?[] row)
    {
        var values = new object?[row.Length];
        for (var i = 0; i < row.Length; i++)
            values[i] = row[i] is not { } text ? null
                : !LookupValue.TryParse(table.Columns[i].Type, text, out var value) ? text
                : value is Number number && table.Columns[i].Type.Kind != SqlKind.Decimal ? number.ToDouble()
                : value;
        return _encoder.Encode(values);
    }
}
