namespace Serverless.Local;

/// <summary>Ends a command with one line for the user that says why and what to do.</summary>
/// <param name="message">The line; it holds no secret.</param>
/// <param name="exitCode">1 where running failed, 2 where the script or the command is wrong.</param>
internal sealed class CommandException(string message, int exitCode = ExitCode.BadUsage) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
