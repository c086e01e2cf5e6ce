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

    /// <summary>Evaluates for many rows, each into the row of the same number of a column that has been made long enough.</summary>
    /// <param name="columns">What is read.</param>
    /// <param name="rows">The rows; those that fail are taken out.</param>
    /// <param name="output">A column of the expression's type.</param>
    /// <param name="failures">The rows that fail, each with the reason.</param>
    /// <returns>How many are left.</returns>
    public abstract int Fill(Column[] columns, Span<int> rows, Column output, List<(int Row, string Reason)> failures);

    /// <summary>Evaluates for a row, into a box.</summary>
    public abstract object? Box(in EvaluationInput input);
}

internal delegate T Evaluate<T>(in EvaluationInput input);

internal sealed class Evaluator<T>(Evaluate<T> evaluate) : Evaluator
{
    public T Value(in EvaluationInput input) => evaluate(input);

    public override void Append(in EvaluationInput input, Column output) => ((Column<T>)output).Append(evaluate(input));

    public override int Fill(Column[] columns, Span<int> rows, Column output, List<(int Row, string Reason)> failures)
    {
        var values = ((Column<T>)output).Values;
        var (next, left) = (0, 0);
        while (next < rows.Length)
        {
            try
            {
                for (; next < rows.Length; next++)
                {
                    var row = rows[next];
                    values[row] = evaluate(new EvaluationInput(columns, row, default));
                    rows[left++] = row;
                }
            }
            catch (EvaluationException e)
            {
                failures.Add((rows[next++], e.Reason));
            }
        }

        return left;
    }

    public override object? Box(in EvaluationInput input) => evaluate(input);
}
