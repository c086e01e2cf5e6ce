namespace Serverless.Local;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;

    /// <summary>A job read records, and all of them became dead letters.</summary>
    public const int AllDeadLetters = 3;

    /// <summary>A job has dead letters, and <c>--fail-on-dead-letters</c> was given.</summary>
    public const int DeadLetters = 4;
}
