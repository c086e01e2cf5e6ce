namespace Serverless.Connectors.Databases.Common;

/// <summary>The protocols that databases are written over.</summary>
internal enum DatabaseKind
{
    /// <summary>MySQL, MariaDB, RDS for MySQL, PolarDB for MySQL.</summary>
    MySql,

    /// <summary>PostgreSQL and Hologres.</summary>
    PostgreSql,
}
