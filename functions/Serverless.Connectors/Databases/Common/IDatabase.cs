using Serverless.Engine.State;

namespace Serverless.Connectors.Databases.Common;

/// <summary>One connection to one kind of database, which writes the rows of one table. Used by one caller at a time.</summary>
internal interface IDatabase : IAsyncDisposable
{
    /// <summary>Whether there is a connection, as far as is known.</summary>
    bool IsConnected { get; }

    /// <summary>Connects; what was connected is closed.</summary>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Drops the connection.</summary>
    Task DisconnectAsync();

    /// <summary>The table as the database describes it; null if there is no table of that name.</summary>
    Task<ActualTable?> InspectAsync(CancellationToken cancellationToken);

    /// <summary>Makes the table, as the server that is there needs it.</summary>
    /// <param name="dialect">The SQL of the kind of database that the script names.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task CreateAsync(Dialect dialect, CancellationToken cancellationToken);

    /// <summary>Writes rows, at most one for each key, in one statement with a transaction of its own. Without rows, it checks whether it could write.</summary>
    Task UpsertAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken);

    /// <summary>Deletes rows by key, or sets all their other columns to NULL if the table's strategy says so, in one statement.</summary>
    Task DeleteAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken);

    /// <summary>What an exception of the above means.</summary>
    DatabaseFailure Classify(Exception exception);

    /// <summary>Describes an exception of these methods: the database's message and its code, never a secret.</summary>
    string Describe(Exception exception);
}
