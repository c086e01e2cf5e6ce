using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Files;

/// <summary>
/// Reads a file of JSON lines to the end it had when it was opened. It is partition 0, and a line's number, from 0, its offset; blank lines
/// are skipped but counted.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="positions">Keeps the number of the line to read next; null to read from the beginning each time.</param>
public sealed class FileSource(string path, IPositionStore? positions = null) : ISource
{
    private FileStream? _file;
    private LineReader? _lines;
    private long _next;
    private long _count;
    private long _saved;

    /// <inheritdoc />
    public string Topic => path;

    /// <inheritdoc />
    public SourceHealth Health => new(_file is null ? null : true);

    /// <inheritdoc />
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConnectorException($"cannot read '{path}': {e.Message}", e);
        }
        var length = _file.Length;
        _count = await new LineReader(_file, length).SkipAsync(long.MaxValue, cancellationToken);
        _file.Position = 0;
        _lines = new LineReader(_file, length);
        _saved = positions is null ? 0 : await positions.LoadAsync(cancellationToken) ?? 0;
        if (_saved > _count)
            throw new ConnectorException($"'{path}' has {_count} lines, and {_saved} of it have been read: it is another file now; set the option 'generation' to read it anew");
        _next = await _lines.SkipAsync(_saved, cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionBounds>> BoundsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PartitionBounds>>([new PartitionBounds(0, 0, _next, _count)]);

    /// <inheritdoc />
    public async Task<IReadOnlyList<Record>> ReadAsync(int maxRecords, TimeSpan wait, CancellationToken cancellationToken)
    {
        var lines = _lines ?? throw new InvalidOperationException("the source is not open");
        var batch = new List<Record>(Math.Min(maxRecords, 4096));
        while (batch.Count < maxRecords && await lines.ReadAsync(batch.Count == 0 ? cancellationToken : CancellationToken.None) is { } line)
        {
            if (!LineReader.IsBlank(line))
                batch.Add(new Record(0, _next, 0, line));
            _next++;
        }
        // There is nothing to wait for at the end; who asks again and again is not to spin.
        if (batch.Count == 0)
            await Task.Delay(wait, cancellationToken);
        return batch;
    }

    /// <inheritdoc />
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (positions is null || _next == _saved)
            return;
        await positions.SaveAsync(_next, cancellationToken);
        _saved = _next;
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<PartitionLag>?> LagAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PartitionLag>?>([new(0, _count - _next)]);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync();
        _file = null;
    }
}
