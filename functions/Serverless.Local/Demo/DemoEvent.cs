namespace Serverless.Local.Demo;

/// <summary>An event of the demo.</summary>
/// <param name="Minute">The minute of the day in which it is sent, which may be later than the time that it tells.</param>
/// <param name="Json">The event, a JSON object.</param>
internal sealed record DemoEvent(int Minute, byte[] Json);
