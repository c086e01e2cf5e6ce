namespace Serverless.Connectors.Databases.Common;

/// <summary>Read-only connections to one kind of database. Safe for concurrent use.</summary>
internal interface IReading : IAsyncDisposable
{
    /// <summary>Reads rows: of each the values as text, in the order of the statement's columns.</summary>
    Task<List<string?[]>> ReadAsync(ReadStatement statement, CancellationToken cancellationToken);

    /// <summary>Reads rows, and once more if a connection is gone: one that was idle may be so without our knowing.</summary>
    async Task<List<string?[]>> AskAsync(ReadStatement statement, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(statement, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && Classify(e) == DatabaseFailure.Connection)
        {
            return await ReadAsync(statement, cancellationToken);
        }
    }

    /// <summary>What an exception of the above means.</summary>
    DatabaseFailure Classify(Exception exception);

    /// <summary>What an exception of the above says, never a secret.</summary>
    string Describe(Exception exception);
}
