namespace Serverless.Connectors.Databases.Common;

/// <summary>What a database's error means for the rows of the statement.</summary>
internal enum DatabaseFailure
{
    /// <summary>Temporary: a deadlock, a lock that is held too long, too many connections, a server that is starting or read-only.</summary>
    Passing,

    /// <summary>The connection is gone, or cannot be made.</summary>
    Connection,

    /// <summary>A row is refused permanently, or the statement is too large: writing fewer rows at a time shows which.</summary>
    Rows,

    /// <summary>No row can be written until somebody acts: a missing table or privilege, a wrong password.</summary>
    Setup,
}
