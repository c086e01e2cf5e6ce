using Serverless.Engine.Operators;

namespace Serverless.Engine.Runtime;

/// <summary>Finds a table's rows by key. Asked by one caller at a time.</summary>
public interface ILookup
{
    /// <summary>Finds the rows of some keys, asking for all of them together.</summary>
    /// <param name="keys">The keys, each once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What there is for each key, in the same order. If it throws, nothing of the batch was applied, and the batch can be applied again.</returns>
    ValueTask<IReadOnlyList<LookupRows>> FindAsync(IReadOnlyList<LookupKey> keys, CancellationToken cancellationToken);
}
