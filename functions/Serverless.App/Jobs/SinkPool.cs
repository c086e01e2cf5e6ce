using System.Collections.Concurrent;
using Serverless.Connectors;

namespace Serverless.App.Jobs;

/// <summary>A job's sink, open as often as it is written to at the same time: a connection serves one writer, and is kept for the next.</summary>
/// <param name="create">Makes one.</param>
internal sealed class SinkPool(Func<ISink> create) : IAsyncDisposable
{
    private readonly ConcurrentBag<ISink> _free = [];

    /// <summary>Takes one that is free, or opens one.</summary>
    /// <exception cref="SinkUnavailableException">It cannot be reached now.</exception>
    /// <exception cref="ConnectorException">The table is not as the script needs it.</exception>
    public async Task<Lease> RentAsync(CancellationToken cancellationToken) =>
        new(this, _free.TryTake(out var free) ? free : await OpenAsync(cancellationToken));

    /// <summary>Opens one more, which also compares the table with the script.</summary>
    /// <inheritdoc cref="RentAsync"/>
    public async Task ProbeAsync(CancellationToken cancellationToken) => await (await OpenAsync(cancellationToken)).DisposeAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        while (_free.TryTake(out var sink))
            await sink.DisposeAsync();
    }

    private async Task<ISink> OpenAsync(CancellationToken cancellationToken)
    {
        var sink = create();
        try
        {
            await sink.OpenAsync(cancellationToken);
            return sink;
        }
        catch
        {
            await sink.DisposeAsync();
            throw;
        }
    }

    /// <summary>A sink in use; given back when disposed of.</summary>
    /// <param name="pool">Where to.</param>
    /// <param name="sink">The sink.</param>
    internal sealed class Lease(SinkPool pool, ISink sink) : IAsyncDisposable
    {
        /// <summary>The sink.</summary>
        public ISink Sink { get; } = sink;

        /// <summary>Whether it worked; one that did not is closed, and the next writer opens another.</summary>
        public bool IsGood { get; set; }

        /// <inheritdoc />
        public async ValueTask DisposeAsync()
        {
            if (IsGood)
                pool._free.Add(Sink);
            else
                await Sink.DisposeAsync();
        }
    }
}
