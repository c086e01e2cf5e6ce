namespace Serverless.Local.Display.Results;

/// <summary>What <c>broker</c> prints when it is there.</summary>
/// <param name="Address">Where clients find it, as host and port: their <c>bootstrap.servers</c>.</param>
internal sealed record AddressResult(string Address);
