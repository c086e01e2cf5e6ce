using Serverless.Engine.Expressions;

namespace Serverless.Engine.Operators;

/// <summary>Filter and project: lets pass the rows whose condition is true, and evaluates the outputs over them.</summary>
internal sealed class CalcOperator : StatelessOperator
{
    private readonly Evaluator<bool?>? _condition;
    private readonly Evaluator?[] _outputs;
    private readonly int[] _passed;

    /// <summary>Makes one.</summary>
    /// <param name="condition">The condition; null for all rows.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="place">The place of a column among the input's.</param>
    public CalcOperator(Scalar? condition, IReadOnlyList<Scalar> outputs, Func<ColumnScalar, int> place)
        : base([.. outputs.Select(o => o.Type)])
    {
        int Slot(LeafScalar leaf) => place((ColumnScalar)leaf);
        _condition = condition is null ? null : (Evaluator<bool?>)ScalarCompiler.Compile(condition, Slot);
        _passed = [.. outputs.Select(o => o is ColumnScalar column ? place(column) : -1)];
        _outputs = [.. outputs.Select(o => o is ColumnScalar ? null : ScalarCompiler.Compile(o, Slot))];
    }

    public override void Apply(int input, Delta delta, Delta output, RowFailures failures)
    {
        for (var row = 0; row < delta.Count; row++)
        {
            var values = new EvaluationInput(delta.Columns, row, default);
            try
            {
                if (_condition is not null && _condition.Value(values) is not true)
                    continue;
                for (var i = 0; i < _outputs.Length; i++)
                {
                    if (_outputs[i] is { } evaluator)
                        evaluator.Append(values, output.Columns[i]);
                    else
                        output.Columns[i].Append(delta.Columns[_passed[i]], row);
                }
            }
            catch (EvaluationException e)
            {
                output.DropUnfinishedRow();
                failures.Add(delta, row, e.Reason);
                continue;
            }

            output.Add(delta.Weights[row]);
            if (delta.Records is { } records)
                output.Records?.Add(records[row]);
        }
    }
}
