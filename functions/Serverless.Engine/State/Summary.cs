namespace Serverless.Engine.State;

/// <summary>A shard's running aggregates as plain values (a distinct set as its count), per bucket, each with the number of events it is made of.</summary>
/// <param name="Shard">The shard's number.</param>
/// <param name="Values">The values, as <see cref="StateWriter"/> writes them.</param>
/// <param name="Life">The shard's life: see <see cref="RowVersion"/>.</param>
public sealed record Summary(int Shard, byte[] Values, long Life = 0);
