using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary>
/// <c>FOR SYSTEM_TIME AS OF</c> the clock: each row with the rows that a table outside has for its key. They are found before, so that this is a function of what was found.
/// </summary>
internal sealed class LookupJoinOperator : StatelessOperator
{
    private readonly int[] _keys;
    private readonly int _leftWidth;
    private readonly Evaluator<bool?>? _condition;
    private readonly bool _isOuter;

    /// <summary>Makes one.</summary>
    /// <param name="left">The types of the left columns.</param>
    /// <param name="right">The types of the table's columns.</param>
    /// <param name="keys">The places of the key among the left columns.</param>
    /// <param name="condition">What else must be true of a pair; null for nothing.</param>
    /// <param name="isOuter">Whether left rows for which there is no row come out, with NULLs.</param>
    public LookupJoinOperator(IReadOnlyList<SqlType> left, IReadOnlyList<SqlType> right, int[] keys, Evaluator<bool?>? condition, bool isOuter)
        : base([.. left, .. right]) => (_keys, _leftWidth, _condition, _isOuter) = (keys, left.Count, condition, isOuter);

    /// <summary>The place of the table among those of the dataflow.</summary>
    public required int Lookup { get; init; }

    /// <summary>What the table has for each key of the next delta.</summary>
    public IReadOnlyDictionary<LookupKey, LookupRows> Found { get; set; } = new Dictionary<LookupKey, LookupRows>();

    /// <summary>The keys of a delta, each once.</summary>
    public IReadOnlyList<LookupKey> KeysOf(Delta delta)
    {
        var keys = new HashSet<LookupKey>();
        for (var row = 0; row < delta.Count; row++)
            if (KeyOf(delta, row) is { } key)
                keys.Add(key);
        return [.. keys];
    }

    public override void Apply(int input, Delta delta, Delta output, RowFailures failures)
    {
        for (var row = 0; row < delta.Count; row++)
        {
            var found = KeyOf(delta, row) is { } key ? Found[key] : LookupRows.None;
            if (found.Failure is { } failure)
            {
                failures.Add(delta, row, failure);
                continue;
            }

            try
            {
                Join(delta, row, found, output);
            }
            catch (EvaluationException e)
            {
                output.DropUnfinishedRow();
                failures.Add(delta, row, e.Reason);
            }
        }
    }

    private void Join(Delta delta, int row, LookupRows found, Delta output)
    {
        var any = false;
        foreach (var values in found.Rows)
        {
            AppendLeft(delta, row, output);
            for (var i = 0; i < values.Length; i++)
                output.Columns[_leftWidth + i].AppendBoxed(values[i]);
            if (_condition is not null && _condition.Value(new EvaluationInput(output.Columns, output.Count, default)) is not true)
            {
                output.DropUnfinishedRow();
                continue;
            }

            any = true;
            Add(delta, row, output);
        }

        if (any || !_isOuter)
            return;
        AppendLeft(delta, row, output);
        for (var i = _leftWidth; i < output.Columns.Length; i++)
            output.Columns[i].AppendNull();
        Add(delta, row, output);
    }

    private void AppendLeft(Delta delta, int row, Delta output)
    {
        for (var i = 0; i < _leftWidth; i++)
            output.Columns[i].Append(delta.Columns[i], row);
    }

    private static void Add(Delta delta, int row, Delta output)
    {
        output.Add(delta.Weights[row]);
        if (delta.Records is { } records)
            output.Records?.Add(records[row]);
    }

    // NULL equals no key.
    private LookupKey? KeyOf(Delta delta, int row)
    {
        var values = new object[_keys.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (delta.Columns[_keys[i]].Box(row) is not { } value)
                return null;
            values[i] = value;
        }

        return new LookupKey(values);
    }
}
