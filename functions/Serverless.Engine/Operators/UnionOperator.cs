using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary><c>UNION ALL</c>: the rows of every input.</summary>
/// <param name="types">The types of the columns.</param>
/// <param name="places">For each input, where its columns for the output's stand.</param>
internal sealed class UnionOperator(IReadOnlyList<SqlType> types, IReadOnlyList<int[]> places) : StatelessOperator(types)
{
    public override void Apply(int input, Delta delta, Delta output, RowFailures failures)
    {
        var from = places[input];
        for (var row = 0; row < delta.Count; row++)
        {
            for (var i = 0; i < from.Length; i++)
                output.Columns[i].Append(delta.Columns[from[i]], row);
            output.Add(delta.Weights[row]);
            if (delta.Records is { } records)
                output.Records?.Add(records[row]);
        }
    }
}
