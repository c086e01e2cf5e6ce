namespace Serverless.App;

/// <summary>Why the app does not start: everything there is to put right, in one go. It holds no secret.</summary>
/// <param name="problems">One each.</param>
internal sealed class StartupException(IReadOnlyCollection<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>One each.</summary>
    public IReadOnlyCollection<string> Problems { get; } = problems;
}
