using Serverless.Connectors;
using Serverless.Engine.State;

namespace Serverless.EndToEnd.Tests;

/// <summary>What goes wrong with a write.</summary>
internal enum Fault
{
    /// <summary>Nothing is written.</summary>
    Refused,

    /// <summary>Half is written, and the answer is that it was not.</summary>
    HalfWritten,

    /// <summary>All is written, and the answer is that it was not.</summary>
    NotAcknowledged,

    /// <summary>Nothing comes until the test lets it.</summary>
    Hanging,
}

/// <summary>A sink whose next writes go wrong.</summary>
/// <param name="inner">The sink that does the work.</param>
/// <param name="faults">The faults, one a write; then all is well.</param>
internal sealed class FaultySink(ISink inner, IEnumerable<Fault> faults) : ISink
{
    private readonly IEnumerator<Fault> _faults = faults.GetEnumerator();
    private readonly TaskCompletionSource _hangs = new();
    private readonly TaskCompletionSource _mayGoOn = new();

    public int MaxRows => 500;

    /// <summary>Ends when a write hangs.</summary>
    public Task Hangs => _hangs.Task;

    /// <summary>Lets the write that hangs go on.</summary>
    public void GoOn() => _mayGoOn.SetResult();

    public Task OpenAsync(CancellationToken cancellationToken) => inner.OpenAsync(cancellationToken);

    public async Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        if (!_faults.MoveNext())
            return await inner.WriteAsync(changes, cancellationToken);
        switch (_faults.Current)
        {
            case Fault.HalfWritten:
                await inner.WriteAsync([.. changes.Take(changes.Count / 2)], cancellationToken);
                break;
            case Fault.NotAcknowledged:
                await inner.WriteAsync(changes, cancellationToken);
                break;
            case Fault.Hanging:
                _hangs.TrySetResult();
                await _mayGoOn.Task.WaitAsync(cancellationToken);
                return await inner.WriteAsync(changes, cancellationToken);
        }
        throw new SinkUnavailableException($"the test's fault: {_faults.Current}");
    }

    public async ValueTask DisposeAsync()
    {
        _faults.Dispose();
        await inner.DisposeAsync();
    }
}
