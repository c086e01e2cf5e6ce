namespace Serverless.Connectors.Databases;

/// <summary>What a database's error means for the rows of the statement.</summary>
internal enum DatabaseFailure
{
    /// <summary>It will pass: a deadlock, a lock held too long, too many connections, a server that starts or only reads.</summary>
    Passing,

    /// <summary>The connection is gone, or cannot be made.</summary>
    Connection,

    /// <summary>A row is refused for good, or the statement is too large: fewer rows at a time tell which.</summary>
    Rows,

    /// <summary>No row can be written until a person does something: a table that is not there, a privilege, a password.</summary>
    Setup,
}
