using Serverless.Durable;

namespace Serverless.Simulation;

/// <summary>An operation whose input was never text.</summary>
internal sealed record Operation(string Name, object Value) : IOperation
{
    public T? Input<T>() where T : class => (T)Value;
}
