namespace Serverless.App.Triggers;

/// <summary>Why a batch is not taken: the state of this process is not the current one.</summary>
/// <param name="message">Of which job, and what that means.</param>
internal sealed class OutdatedException(string message) : Exception(message);
