namespace Serverless.Engine.Formats;

/// <summary>The schema that a record was written with, as a registry knows it.</summary>
/// <param name="Avro">The schema; null if there is none of that number, or it is not Avro's.</param>
/// <param name="Problem">Why there is none.</param>
public sealed record WriterSchema(AvroSchema? Avro, string? Problem);
