using Serverless.Connectors;

namespace Serverless.Durable;

/// <summary>A source that a job reads.</summary>
/// <param name="Topic">What dead letters call it.</param>
/// <param name="Reader">Reads it again; null if nothing can.</param>
public sealed record JobSource(string Topic, IRangeReader? Reader);
