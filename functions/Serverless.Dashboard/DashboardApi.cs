using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Serverless.Connectors;
using Serverless.Connectors.Databases.Common;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Dashboard;

/// <summary>What the dashboard's page asks: the jobs, how they are, and the rows of the tables they write. It only reads; who may ask is the host's to say.</summary>
public sealed class DashboardApi : IAsyncDisposable
{
    private const int DefaultRows = 500;
    private const int MostRows = 2000;
    private const int DefaultValues = 366;
    private const int MostValues = 1000;
    private const string Routes = "jobs, tables, tables/ID/rows, tables/ID/values/COLUMN";

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // It goes to a page that never makes HTML of it.
    private static readonly DashboardJson Json = new(new JsonSerializerOptions(DashboardJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private readonly IReadOnlyList<DashboardTable> _tables;
    private readonly IJobWatch _watch;
    private readonly DashboardHost _host;
    private readonly TimeProvider _clock;
    private readonly CoalescingCache<string, DashboardAnswer> _shared;
    private readonly CancellationTokenSource _end = new();
    private readonly DashboardAnswer _jobsAnswer;
    private readonly DashboardAnswer _tablesAnswer;

    /// <summary>Makes it.</summary>
    /// <param name="jobs">The jobs.</param>
    /// <param name="readerOf">Makes what reads a sink's table, as <see cref="ConnectorFactory.CreateReader"/> does.</param>
    /// <param name="watch">Knows how the jobs are.</param>
    /// <param name="host">Who serves it.</param>
    /// <param name="clock">The clock.</param>
    public DashboardApi(IReadOnlyList<Job> jobs, Func<TableDefinition, ITableReader?> readerOf, IJobWatch watch, DashboardHost host, TimeProvider clock)
    {
        (_watch, _host, _clock, _shared) = (watch, host, clock, new CoalescingCache<string, DashboardAnswer>(Look, clock));
        _tables = DashboardTable.Of(jobs, readerOf);
        // Of an app with several instances none knows when the first began.
        _jobsAnswer = Answer(200, new JobsJson(host.Name, host.IsLive, BuildVersion.Current, host.IsLive ? clock.GetUtcNow() : null, [.. jobs.Select(JsonOf)]), Json.JobsJson);
        _tablesAnswer = Answer(200, new TablesJson([.. _tables.Select(JsonOf)]), Json.TablesJson);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="path">The path below <c>api/</c>, as in <c>tables/consume/rows</c>, still percent-encoded.</param>
    /// <param name="query">The query behind the <c>?</c>, still encoded; with or without the <c>?</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answer, an error too.</returns>
    public async Task<DashboardAnswer> AnswerAsync(string path, string query, CancellationToken cancellationToken)
    {
        try
        {
            return path.Split('/') switch
            {
                ["jobs"] => _jobsAnswer,
                ["tables"] => _tablesAnswer,
                ["status"] => Answer(200, await StatusAsync(cancellationToken), Json.StatusJson),
                ["tables", var id, "rows"] => await RowsAsync(TableOf(id), new RequestParameters(query), cancellationToken),
                ["tables", var id, "values", var column] => await ValuesAsync(TableOf(id), Uri.UnescapeDataString(column), new RequestParameters(query), cancellationToken),
                _ => throw new RefusedException(404, $"there is nothing here; there are: {Routes}{(_host.IsLive ? ", status and events" : " and status")}"),
            };
        }
        catch (RefusedException e)
        {
            return Error(e.Status, e.Message);
        }
        catch (Exception e) when (e is SinkUnavailableException or ConnectorException)
        {
            return Error(503, e.Message);
        }
    }

    /// <summary>An answer that says why there is none.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">Why, and what to do.</param>
    public static DashboardAnswer Error(int status, string message) => Answer(status, new ErrorJson(message), Json.ErrorJson);

    /// <summary>
    /// How the jobs are, as server-sent events: at once, then whenever it has changed, at most four times a second, and a comment every 15 seconds without.
    /// It ends when it is cancelled.
    /// </summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] last = [];
        for (var sent = 0L; ; await Task.Delay(Look, _clock, cancellationToken))
        {
            var status = await StatusAsync(cancellationToken);
            var state = JsonSerializer.SerializeToUtf8Bytes(status with { Now = default }, Json.StatusJson);
            if (!state.AsSpan().SequenceEqual(last))
                yield return Encoding.UTF8.GetBytes($"event: status\ndata: {JsonSerializer.Serialize(status, Json.StatusJson)}\n\n");
            else if (_clock.GetElapsedTime(sent) >= Heartbeat)
                yield return ":\n\n"u8.ToArray();
            else
                continue;
            (last, sent) = (state, _clock.GetTimestamp());
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
            return;
        await _end.CancelAsync();
        await _shared.DrainAsync();
        _end.Dispose();
        foreach (var table in _tables)
            if (table.Reader is { } reader)
                await reader.DisposeAsync();
    }

    private async Task<StatusJson> StatusAsync(CancellationToken cancellationToken)
    {
        var jobs = await _watch.GetAsync(cancellationToken);
        return new StatusJson(_clock.GetUtcNow(), jobs, _tables.ToDictionary(t => t.Id, t => ChangesOf(t, jobs)));
    }

    // Where a host does not count all rows that are written, nobody knows whether there are new ones.
    private long? ChangesOf(DashboardTable table, IReadOnlyList<JobStatus> jobs) =>
        _host.IsLive ? jobs.Where(j => table.Jobs.Any(t => t.Name == j.Job)).Sum(j => j.RowsWritten ?? 0) : null;

    private async Task<DashboardAnswer> RowsAsync(DashboardTable table, RequestParameters parameters, CancellationToken cancellationToken)
    {
        var query = parameters.RowsOf(table.Definition, DefaultRows, MostRows);
        var reader = ReaderOf(table);
        var question = string.Join('\n', ["rows", table.Id, $"{query.OrderBy} {query.Descending} {query.Limit}", .. query.Filters.Select(f => $"{f.Column} {f.Value}")]);
        return await ShareAsync(table, question, async token =>
        {
            var rows = await reader.ReadAsync(query, token);
            return Answer(200, new RowsJson([.. table.Definition.Columns.Select(c => c.Name)], rows.Rows, rows.HasMore), Json.RowsJson);
        }, cancellationToken);
    }

    private async Task<DashboardAnswer> ValuesAsync(DashboardTable table, string columnName, RequestParameters parameters, CancellationToken cancellationToken)
    {
        var column = RequestParameters.ColumnOf(table.Definition, columnName);
        var limit = parameters.ValuesOf(DefaultValues, MostValues);
        var reader = ReaderOf(table);
        return await ShareAsync(table, string.Create(CultureInfo.InvariantCulture, $"values\n{table.Id}\n{column} {limit}"), async token =>
        {
            var values = await reader.ValuesAsync(column, limit + 1, token);
            return Answer(200, new ValuesJson([.. values.Take(limit)], values.Count > limit), Json.ValuesJson);
        }, cancellationToken);
    }

    // Of a table that has changed since, an answer of a moment ago would be an old one, and who got it would not ask again.
    private async Task<DashboardAnswer> ShareAsync(DashboardTable table, string question, Func<CancellationToken, Task<DashboardAnswer>> ask, CancellationToken cancellationToken)
    {
        var changes = _host.IsLive ? ChangesOf(table, await _watch.GetAsync(cancellationToken)) : null;
        return await _shared.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{changes}\n{question}"), () => ask(_end.Token), cancellationToken);
    }

    private DashboardTable TableOf(string encodedId)
    {
        var id = Uri.UnescapeDataString(encodedId);
        return _tables.FirstOrDefault(t => t.Id == id)
            ?? throw new RefusedException(404, $"no job writes a table '{id}'; there {(_tables.Count == 1 ? "is" : "are")} {string.Join(", ", _tables.Select(t => t.Id))}");
    }

    private static ITableReader ReaderOf(DashboardTable table) =>
        table.Reader ?? throw new RefusedException(404, $"table '{table.Id}' cannot be read: {table.Reason}");

    private JobJson JsonOf(Job job) => new(
        job.Name, job.Script.Name, _tables.First(t => t.Jobs.Contains(job)).Id,
        job.Source.Options.TryGet(out var topic, "topic", "topic-pattern")
            ? new SourceJson(job.Source.Name, job.Source.Connector, topic.Value, _host.Brokers)
            : new SourceJson(job.Source.Name, job.Source.Connector, null, null),
        new SinkJson(job.Sink.Name, job.Sink.Connector),
        [.. Plan.Of(job).Select(l => new PlanLineJson(l.Label, l.Text))]);

    private static TableJson JsonOf(DashboardTable table) => new(
        table.Id, table.Definition.Name, table.Connector, table.Reader is not null, table.Reason,
        [.. table.Definition.Columns.Select((_, i) => ColumnJson.Of(table.Definition, i))],
        table.Reader is null ? null : ChartRule.Of(table.Definition, [.. table.Jobs.Select(ChartRule.TimelineOf).FirstOrDefault(t => t.Count > 0) ?? []]));

    private static DashboardAnswer Answer<T>(int status, T body, JsonTypeInfo<T> type) =>
        // A line, as it is read in terminals too.
        new(status, "application/json; charset=utf-8", (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(body, type), (byte)'\n']) { Headers = DashboardHeaders.Data };
}
