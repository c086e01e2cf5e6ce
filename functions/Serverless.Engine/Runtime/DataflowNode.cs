using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>An operator of a dataflow with what feeds it, or the records of a source.</summary>
/// <param name="Operator">The operator; null for a source.</param>
/// <param name="Inputs">The nodes that feed it, all of them before it.</param>
/// <param name="Types">The types of its columns.</param>
/// <param name="IsPerRecord">Whether each of its rows is made of a single record.</param>
internal sealed record DataflowNode(Operator? Operator, int[] Inputs, IReadOnlyList<SqlType> Types, bool IsPerRecord)
{
    /// <summary>The relation that it is the operator of; null if it evaluates something for another.</summary>
    public Relation? Relation { get; init; }

    /// <summary>The source, if it is one; −1 otherwise.</summary>
    public int Source { get; init; } = -1;

    /// <summary>The places of its columns among the fields that are decoded of the source.</summary>
    public int[] Fields { get; init; } = [];
}
