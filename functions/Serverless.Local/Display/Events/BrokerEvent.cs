namespace Serverless.Local.Display.Events;

/// <summary><c>broker</c>: the broker in the process of a <c>run</c> is there.</summary>
/// <param name="Address">Where clients find it, as host and port.</param>
internal sealed record BrokerEvent(string Address) : TerminalEvent("broker");
