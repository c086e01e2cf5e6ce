using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace Serverless.App.Triggers;

/// <summary>A function as the host is told of it.</summary>
/// <param name="FunctionId">Its id, of the app's choosing.</param>
/// <param name="Name">Its name.</param>
/// <param name="Language">The worker's kind.</param>
/// <param name="EntryPoint">The method.</param>
/// <param name="ScriptFile">The assembly.</param>
/// <param name="RawBindings">The bindings as JSON.</param>
internal sealed record JobFunction(string? FunctionId, string? Name, string? Language, string? EntryPoint, string? ScriptFile, IList<string>? RawBindings) : IFunctionMetadata
{
    /// <inheritdoc />
    public bool IsProxy => false;

    /// <inheritdoc />
    public bool ManagedDependencyEnabled => false;

    /// <inheritdoc />
    public IRetryOptions? Retry { get; init; }
}
