namespace Serverless.App.Triggers;

/// <summary>Why a batch is put off: more rows wait for the sink than may.</summary>
/// <param name="message">Of which job.</param>
internal sealed class OutputFullException(string message) : Exception(message);
