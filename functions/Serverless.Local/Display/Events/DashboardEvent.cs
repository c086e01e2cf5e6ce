namespace Serverless.Local.Display.Events;

/// <summary><c>dashboard</c>: the dashboard is served.</summary>
/// <param name="Url">Where.</param>
/// <param name="HasPage">Whether its page is built; where it is not, only its JSON is served.</param>
internal sealed record DashboardEvent(string Url, bool HasPage) : TerminalEvent("dashboard");
