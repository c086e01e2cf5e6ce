namespace Serverless.Local.Display.Results;

/// <summary>What <c>produce</c> did.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Records">The records sent to it.</param>
internal sealed record SentResult(string Topic, long Records);
