namespace Serverless.Dashboard;

/// <summary>What a request is answered with.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="Body">The body.</param>
public sealed record DashboardAnswer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>More headers, such as how long it may be kept, and the page's Content-Security-Policy.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
