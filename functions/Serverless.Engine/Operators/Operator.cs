using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>Turns the deltas of its inputs into the deltas of its output: f(content after) − f(content before).</summary>
/// <param name="types">The types of the output's columns.</param>
internal abstract class Operator(IReadOnlyList<SqlType> types)
{
    /// <summary>The types of the output's columns.</summary>
    public IReadOnlyList<SqlType> Types { get; } = types;
}

/// <summary>An operator that looks at one row at a time and keeps nothing.</summary>
internal abstract class StatelessOperator(IReadOnlyList<SqlType> types) : Operator(types)
{
    /// <summary>Adds to the output what a delta of an input comes to.</summary>
    public abstract void Apply(int input, Delta delta, Delta output, RowFailures failures);
}

/// <summary>An operator that keeps state by key.</summary>
internal abstract class KeyedOperator(IReadOnlyList<SqlType> types) : Operator(types)
{
    /// <summary>What it keeps.</summary>
    public abstract KeyedState State { get; }

    /// <summary>Puts the rows of an input's delta together by key.</summary>
    public abstract KeyedRows Group(int input, Delta delta);

    /// <summary>The keys beside those of the rows whose state is needed; that of the rows' keys is in memory.</summary>
    public virtual IReadOnlyList<byte[]> Further(int input, KeyedRows rows) => [];

    /// <summary>Adds to the output what a delta of an input comes to. The state of its keys is in memory.</summary>
    public abstract void Apply(int input, KeyedRows rows, Delta output, RowFailures failures);
}
