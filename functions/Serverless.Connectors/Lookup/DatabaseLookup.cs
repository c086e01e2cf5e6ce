using Microsoft.Extensions.Logging;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Lookup;

/// <summary>Looks rows up in a table of a database server: many keys in a question.</summary>
/// <param name="reading">The connections; its to dispose of.</param>
/// <param name="select">The table's statements.</param>
/// <param name="lookup">What is known and wanted of the table.</param>
/// <param name="cache">Keeps what it answered; null for nothing.</param>
/// <param name="place">What and where the table is, for messages.</param>
/// <param name="inspect">Compares the table with the database's.</param>
/// <param name="logger">Told what may go wrong with the table.</param>
internal sealed class DatabaseLookup(
    IReading reading, TableSelect select, DataflowLookup lookup, LookupCache? cache, string place, Func<CancellationToken, Task<IReadOnlyList<TableDiagnostic>>> inspect, ILogger logger)
    : ITableLookup
{
    /// <summary>The most keys of a question.</summary>
    public const int MaxKeys = 1000;

    private readonly int[] _read = [.. lookup.Keys.Concat(lookup.Columns)];

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<TableDiagnostic> found;
        try
        {
            found = await inspect(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw reading.Classify(e) is DatabaseFailure.Passing or DatabaseFailure.Connection ? new SinkUnavailableException(Message(e), e) : new ConnectorException(Message(e), e);
        }

        var errors = found.Where(f => f.Severity == Severity.Error).Select(f => f.Message).ToList();
        if (errors.Count > 0)
            throw new ConnectorException(string.Join('\n', errors));
        foreach (var finding in found)
            logger.LogWarning("{Finding}", finding.Message);
    }

    /// <inheritdoc />
    /// <exception cref="SinkUnavailableException">The database cannot be reached now, or does not answer.</exception>
    public async ValueTask<IReadOnlyList<LookupRows>> FindAsync(IReadOnlyList<LookupKey> keys, CancellationToken cancellationToken)
    {
        var found = new Dictionary<LookupKey, LookupRows>();
        foreach (var key in keys)
            if (cache is not null && cache.TryGet(key, out var rows))
                found.Add(key, rows);
        foreach (var asked in keys.Where(k => !found.ContainsKey(k)).Chunk(MaxKeys).ToList())
            await AskAsync(asked, found, cancellationToken);
        return [.. keys.Select(k => found[k])];
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => reading.DisposeAsync();

    private async Task AskAsync(ArraySegment<LookupKey> keys, Dictionary<LookupKey, LookupRows> found, CancellationToken cancellationToken)
    {
        List<string?[]> rows;
        try
        {
            rows = await reading.AskAsync(select.RowsOf(lookup.Keys, [.. keys.Select(k => k.Values.Select(LookupValue.TextOf).ToArray())], _read), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            if (reading.Classify(e) != DatabaseFailure.Rows)
                throw new SinkUnavailableException(Message(e), e);
            // A key that the database cannot even compare, such as a text with characters that it has not: fewer keys tell which.
            if (keys.Count == 1)
            {
                found.Add(keys[0], new LookupRows([], $"'{keys[0]}' cannot be looked up in {Message(e)}"));
                return;
            }

            await AskAsync(keys[..(keys.Count / 2)], found, cancellationToken);
            await AskAsync(keys[(keys.Count / 2)..], found, cancellationToken);
            return;
        }

        var answers = keys.ToDictionary(k => k, _ => (Rows: new List<object?[]>(), Failure: (string?)null));
        foreach (var row in rows)
            Add(row, answers);
        foreach (var (key, (of, failure)) in answers)
        {
            var answer = failure is not null ? new LookupRows([], failure) : of.Count == 0 ? LookupRows.None : new LookupRows(of);
            found.Add(key, answer);
            cache?.Put(key, answer);
        }
    }

    // The database may take texts for equal that are not, as 'Ann' and 'ann': rows of other keys are left out.
    private void Add(string?[] row, Dictionary<LookupKey, (List<object?[]> Rows, string? Failure)> answers)
    {
        var values = new object?[_read.Length];
        var failure = (string?)null;
        for (var i = 0; i < row.Length; i++)
        {
            var column = lookup.Table.Columns[_read[i]];
            if (row[i] is not { } text)
                continue;
            if (LookupValue.TryParse(column.Type, text, out var value))
                values[i] = value;
            else if (i < lookup.Keys.Count)
                return;
            else
                failure = $"column '{column.Name}' of {place}: '{Shortened(text)}' is no {column.Type}";
        }

        if (Array.IndexOf(values, null, 0, lookup.Keys.Count) >= 0)
            return;
        var key = new LookupKey([.. values.Take(lookup.Keys.Count).Select(v => v!)]);
        if (!answers.TryGetValue(key, out var answer))
            return;
        answer.Rows.Add(values[lookup.Keys.Count..]);
        answers[key] = (answer.Rows, answer.Failure ?? failure);
    }

    private string Message(Exception e) => $"{place}: {reading.Describe(e)}";

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
