using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary><c>GROUPING SETS</c>: a row becomes one for each set, with the set's keys and its number behind its columns.</summary>
/// <param name="types">The types of the output's columns: the input's, then the keys', then the number's.</param>
/// <param name="keys">The places of the keys.</param>
/// <param name="sets">For each set, which keys it has.</param>
internal sealed class ExpandOperator(IReadOnlyList<SqlType> types, int[] keys, IReadOnlyList<IReadOnlyList<int>> sets) : StatelessOperator(types)
{
    public override void Apply(int input, Delta delta, Delta output, RowFailures failures)
    {
        var width = delta.Columns.Length;
        for (var row = 0; row < delta.Count; row++)
            for (var set = 0; set < sets.Count; set++)
            {
                for (var i = 0; i < width; i++)
                    output.Columns[i].Append(delta.Columns[i], row);
                for (var k = 0; k < keys.Length; k++)
                {
                    if (sets[set].Contains(k))
                        output.Columns[width + k].Append(delta.Columns[keys[k]], row);
                    else
                        output.Columns[width + k].AppendNull();
                }

                ((Column<long?>)output.Columns[^1]).Append(set);
                output.Add(delta.Weights[row]);
                if (delta.Records is { } records)
                    output.Records?.Add(records[row]);
            }
    }
}
