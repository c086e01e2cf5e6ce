namespace Serverless.Durable;

/// <summary>An operation whose input is looked at more than once: reading it is half of what an operation costs.</summary>
internal sealed class ReadOnce(IOperation operation) : IOperation
{
    private object? _input;

    public string Name => operation.Name;

    public T? Input<T>() where T : class => (T?)(_input ??= operation.Input<T>());
}
