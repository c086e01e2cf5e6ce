namespace Serverless.Connectors.Databases;

/// <summary>Compares a table of a script with the database's.</summary>
internal static class TableComparison
{
    /// <summary>In what the database's table is not as the script needs it.</summary>
#pragma warning disable IDE0060
    public static IReadOnlyList<Finding> Compare(SinkTable table, ActualTable? actual) => [];
}
