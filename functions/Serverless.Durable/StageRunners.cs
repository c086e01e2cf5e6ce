using System.Collections.Concurrent;
using Serverless.Engine;
using Serverless.Engine.Runtime;

namespace Serverless.Durable;

/// <summary>A job's operators for any number of threads: compiled once for each that works at a time, and used again.</summary>
public sealed class StageRunners
{
    private readonly ConcurrentBag<StageRunner> _idle = [];
    private readonly Func<StageRunner> _create;

    /// <summary>Makes some.</summary>
    /// <param name="job">A job of several stages.</param>
    public StageRunners(Job job)
        : this(() => new StageRunner(job))
    {
    }

    /// <summary>Makes some.</summary>
    /// <param name="create">Makes one: a test's, with a mistake.</param>
    internal StageRunners(Func<StageRunner> create)
    {
        _create = create;
        var first = _create();
        Plan = first.Plan;
        _idle.Add(first);
    }

    /// <summary>Where the query is cut.</summary>
    public StagePlan Plan { get; }

    /// <summary>Lends one. If its user throws, it is not used again.</summary>
    public T Use<T>(Func<StageRunner, T> use)
    {
        var runner = _idle.TryTake(out var idle) ? idle : _create();
        var result = use(runner);
        _idle.Add(runner);
        return result;
    }

    /// <inheritdoc cref="Use{T}(Func{StageRunner, T})"/>
    public async ValueTask<T> UseAsync<T>(Func<StageRunner, ValueTask<T>> use)
    {
        var runner = _idle.TryTake(out var idle) ? idle : _create();
        var result = await use(runner);
        _idle.Add(runner);
        return result;
    }
}
