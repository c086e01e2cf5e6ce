using Serverless.Connectors.Databases;

namespace Serverless.Connectors.Tables;

/// <summary>Read-only connections to one kind of database. Safe for concurrent use.</summary>
internal interface IReading : IAsyncDisposable
{
    /// <summary>Reads rows: of each the values as text, in the order of the statement's columns.</summary>
    Task<List<string?[]>> ReadAsync(ReadStatement statement, CancellationToken cancellationToken);

    /// <summary>What an exception of the above means.</summary>
    DatabaseFailure Classify(Exception exception);

    /// <summary>What an exception of the above says, never a secret.</summary>
    string Describe(Exception exception);
}
