namespace Serverless.Connectors.Databases.MySql;

/// <summary>The servers that speak MySQL, as far as their <c>CREATE TABLE</c> differs.</summary>
public enum MySqlFlavour
{
    /// <summary>MySQL 8.0 and later, and RDS for MySQL 8.0.</summary>
    MySql80,

    /// <summary>MySQL 5.7.</summary>
    MySql57,

    /// <summary>MariaDB.</summary>
    MariaDb,
}
