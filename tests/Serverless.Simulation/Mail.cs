using Serverless.Engine.State;

namespace Serverless.Simulation;

/// <summary>Who gets messages: a shard, a group, or a part of the output.</summary>
/// <param name="Stage">Which of the three.</param>
/// <param name="Key">The group's key; the part's number.</param>
/// <param name="Shard">The shard's number; -1 otherwise.</param>
internal readonly record struct Address(Stage Stage, string Key, int Shard);

/// <summary>The three state machines.</summary>
internal enum Stage
{
    /// <summary>Applies slices, answers with a summary.</summary>
    Shard,

    /// <summary>Applies slices or merges summaries, answers with rows.</summary>
    Group,

    /// <summary>Writes rows.</summary>
    Output,
}

/// <summary>A message: slices as a durable host stores them, a summary, or rows.</summary>
/// <param name="SentAt">When it was sent; nothing is on its way for longer than the horizon.</param>
/// <param name="Slices">Slices, as bytes.</param>
/// <param name="Summary">A shard's summary.</param>
/// <param name="Rows">Rows.</param>
internal sealed record Mail(long SentAt, byte[]? Slices = null, Summary? Summary = null, GroupAnswer? Rows = null);
