namespace Serverless.Connectors.Databases.Common;

/// <summary>What reading may cost a database that others write to.</summary>
internal static class ReadLimits
{
    /// <summary>The most connections to a table's database.</summary>
    public const int MostConnections = 2;

    /// <summary>How long an idle connection is kept, in seconds.</summary>
    public const int IdleSeconds = 60;

    /// <summary>How long a question may take.</summary>
    public static readonly TimeSpan Question = TimeSpan.FromSeconds(5);

    /// <summary>A database as it is read: somebody waits before a page.</summary>
    public static DatabaseAddress Of(DatabaseAddress address) => address with { ConnectTimeout = Question, StatementTimeout = Question };
}
