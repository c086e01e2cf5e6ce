namespace Serverless.Dashboard;

/// <summary>A request that cannot be answered.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">Why not, and what to do.</param>
internal sealed class RefusedException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}
