using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serverless.Engine.Formats;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Connectors.Files;

/// <summary>
/// Appends changes to a file as JSON lines: an upsert is the row, <c>{"appkey":"a1","amount":139.4}</c>; a delete is
/// <c>{"op":"delete","appkey":"a1"}</c> with the primary key's columns, or <c>{"op":"delete","key":"…"}</c> where the table has no
/// primary key. The table is what the last line of each key says. DECIMAL is a number with all its digits, BYTES are base64, dates
/// and times are text. A table in the format <c>csv</c> has its rows as lines of that.
/// </summary>
/// <param name="path">The file; it and its folder are made where absent.</param>
/// <param name="table">The table.</param>
/// <param name="maxRows">The most changes of one write.</param>
public sealed class FileSink(string path, TableDefinition table, int maxRows = FileSink.DefaultMaxRows) : ISink
{
    /// <summary>The most changes of one write where the script does not say.</summary>
    public const int DefaultMaxRows = 10_000;

    private const int MaxFirstLine = 16 * 1024 * 1024;

    private readonly RowEncoder? _csv = TableFormats.NameOf(table) == "csv" ? RowEncoder.Of(table, false).Value : null;
    private FileStream? _file;
    private long _end;

    /// <inheritdoc />
    public int MaxRows { get; } = maxRows;

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            // A line of csv does not say what table it is of.
            if (_csv is null)
                await RequireOwnAsync(_file, cancellationToken);
            await EndLastLineAsync(_file, cancellationToken);
            _end = _file.Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConnectorException($"table '{table.Name}': cannot write to '{path}': {e.Message}", e);
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var file = _file ?? throw new InvalidOperationException("the sink is not open");
        var lines = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(lines, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            foreach (var change in changes)
            {
                if (_csv is null)
                {
                    JsonRow.Write(writer, table, change);
                    writer.Flush();
                    writer.Reset();
                }
                else
                {
                    lines.Write(_csv.Encode(change.Values));
                }

                lines.Write("\n"u8);
            }
        }
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // What a write that failed left behind goes.
            file.SetLength(_end);
            file.Position = _end;
            await file.WriteAsync(lines.WrittenMemory, CancellationToken.None);
            file.Flush(flushToDisk: true);
            _end = file.Position;
        }
        catch (IOException e)
        {
            throw new SinkUnavailableException($"cannot write to '{path}': {e.Message}", e);
        }
        return [];
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
        _file = null;
    }

    // A path may name another program's file by mistake: what was not written for this table is not written to.
    private async Task RequireOwnAsync(FileStream file, CancellationToken cancellationToken)
    {
        var head = new byte[Math.Min(file.Length, MaxFirstLine)];
        file.Position = 0;
        await file.ReadExactlyAsync(head, cancellationToken);
        var end = head.AsSpan().IndexOf((byte)'\n');
        if (head.Length == 0 || (end < 0 ? IsBegun(head) : IsRow(head.AsSpan(0, end))))
            return;
        await file.DisposeAsync();
        _file = null;
        throw new ConnectorException($"table '{table.Name}': '{path}' is a file of something else: its first line is no row of the table's columns; name another file, or remove this one");
    }

    private bool IsRow(ReadOnlySpan<byte> line)
    {
        try
        {
            using var row = JsonDocument.Parse(Encoding.UTF8.GetString(line));
            return row.RootElement.ValueKind == JsonValueKind.Object
                && row.RootElement.EnumerateObject().All(p => p.Name is "op" or "key" || table.Columns.Any(c => c.Name == p.Name));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // A process killed while it wrote the first line leaves its beginning.
    private bool IsBegun(ReadOnlySpan<byte> line)
    {
        if (IsRow(line))
            return true;
        var row = Encoding.UTF8.GetString(line);
        foreach (var beginning in (string[])[$"{{{JsonSerializer.Serialize(table.Columns[0].Name)}:", "{\"op\":\"delete\""])
            if (row.StartsWith(beginning, StringComparison.Ordinal) || beginning.StartsWith(row, StringComparison.Ordinal))
                return true;
        return false;
    }

    // A process killed while it wrote leaves half a line: nobody was told it was written, so it goes.
    private async Task EndLastLineAsync(FileStream file, CancellationToken cancellationToken)
    {
        var tail = new byte[Math.Min(file.Length, 16 * 1024 * 1024)];
        file.Position = file.Length - tail.Length;
        await file.ReadExactlyAsync(tail, cancellationToken);
        var last = tail.AsMemory(tail.AsSpan().LastIndexOf((byte)'\n') + 1);
        if (last.IsEmpty)
            return;
        if (_csv is null && IsJson(last.Span))
            file.Write("\n"u8);
        else
            file.SetLength(file.Length - last.Length);
    }

    private static bool IsJson(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                // Only whether it can be read counts.
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
