namespace Serverless.Engine.Ingest;

/// <summary>A record that is not what the source's format says; the message becomes the dead letter's reason.</summary>
internal sealed class DecodeException(string message) : Exception(message);
