using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>What an expression reads while it is evaluated: one row of some columns, and the clock.</summary>
/// <param name="Columns">The columns that <see cref="ColumnScalar"/>, <see cref="KeyScalar"/>… were mapped to.</param>
/// <param name="Row">The row.</param>
/// <param name="Now">The clock, for <see cref="ClockScalar"/>.</param>
internal readonly record struct EvaluationInput(Column[] Columns, int Row, DateTimeOffset Now);

/// <summary>A compiled expression.</summary>
internal abstract class Evaluator
{
    /// <summary>Evaluates for a row and appends the value to a column of the expression's type.</summary>
    /// <exception cref="EvaluationException">The row's values cannot become what the expression makes of them.</exception>
    public abstract void Append(in EvaluationInput input, Column output);

    /// <summary>Evaluates for a row, into a box.</summary>
    public abstract object? Box(in EvaluationInput input);
}

internal delegate T Evaluate<T>(in EvaluationInput input);

internal sealed class Evaluator<T>(Evaluate<T> evaluate) : Evaluator
{
    public T Value(in EvaluationInput input) => evaluate(input);

    public override void Append(in EvaluationInput input, Column output) => ((Column<T>)output).Append(evaluate(input));

    public override object? Box(in EvaluationInput input) => evaluate(input);
}
