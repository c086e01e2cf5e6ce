namespace Serverless.Local.Display.Results;

/// <summary>What <c>truststore</c> prints.</summary>
/// <param name="Certificates">How many there are.</param>
/// <param name="Pem">The certificates.</param>
internal sealed record PemResult(int Certificates, string Pem);
