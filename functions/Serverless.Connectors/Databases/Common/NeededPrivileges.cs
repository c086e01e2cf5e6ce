namespace Serverless.Connectors.Databases.Common;

/// <summary>What a user must be allowed to do with a table to write it.</summary>
internal static class NeededPrivileges
{
    /// <summary>The privilege without which the tables of a schema cannot be reached.</summary>
    public const string Schema = "USAGE";

    /// <summary>The privileges' names.</summary>
    /// <param name="table">The table.</param>
    /// <param name="readsKey">Whether finding a row by its key is reading it, as it is in PostgreSQL.</param>
    public static IReadOnlyList<string> Of(SinkTable table, bool readsKey)
    {
        if (table.Definition.PrimaryKey.Count == 0)
            return ["INSERT"];
        List<string> needed = ["INSERT", "UPDATE"];
        if (table.Deletes == DeleteStrategy.Delete)
            needed.Add("DELETE");
        // A delete finds its rows with WHERE; a condition on the old row reads it.
        if (readsKey || table.Deletes != DeleteStrategy.Ignore || table.VersionColumn is not null || table.CheckAndPut is not null || table.IgnoresNull)
            needed.Add("SELECT");
        return needed;
    }
}
