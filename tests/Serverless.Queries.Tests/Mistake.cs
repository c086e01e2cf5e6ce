using Serverless.Engine.Operators;
using Serverless.Engine.Values;

namespace Serverless.Queries.Tests;

/// <summary>A mistake that operators could have; <paramref name="Make"/> makes what puts it into those of one run.</summary>
internal sealed record Mistake(string Name, Func<Func<Operator, Operator>> Make)
{
    public static IReadOnlyList<Mistake> All { get; } =
    [
        new("a wrong sign in a join's delta", () => o => o is JoinOperator join ? new Mistaken(join) { Output = (input, weight) => input == 1 ? Math.Abs(weight) : weight } : o),
        new("a forgotten weight", () => o => o is AggregateOperator aggregate ? new Mistaken(aggregate) { Input = Unweighted } : o),
        new("ties by arrival", () =>
        {
            var arrivals = new Dictionary<string, byte[]>();
            return o => o is TopNOperator or OverOperator or AggregateOperator ? new Mistaken((KeyedOperator)o) { Input = delta => ByArrival(delta, arrivals) } : o;
        }),
        new("a late event that is dropped", () =>
        {
            var watermark = new Watermark();
            return o => o is AggregateOperator or SessionOperator ? new Mistaken((KeyedOperator)o) { Input = watermark.WithoutLate } : o;
        }),
        new("a removal that is forgotten", () => o => o is TopNOperator top ? new Mistaken(top) { Output = (_, weight) => Math.Max(0, weight) } : o),
    ];

    public override string ToString() => Name;

    private static Delta Unweighted(Delta delta)
    {
        var result = delta.Empty();
        for (var row = 0; row < delta.Count; row++)
            result.Add(delta, row, Math.Sign(delta.Weights[row]));
        return result;
    }

    /// <summary>Takes the order in which records came for the order in which they stand.</summary>
    private static Delta ByArrival(Delta delta, Dictionary<string, byte[]> arrivals)
    {
        var result = delta.Empty();
        for (var row = 0; row < delta.Count; row++)
        {
            for (var i = 0; i < delta.Columns.Length; i++)
            {
                if (delta.Columns[i] is not Column<byte[]?> orders || orders.Values[row] is not { Length: 22 } order)
                {
                    result.Columns[i].Append(delta.Columns[i], row);
                    continue;
                }

                var key = Convert.ToHexString(order);
                if (!arrivals.TryGetValue(key, out var arrival))
                    arrivals.Add(key, arrival = [.. BitConverter.GetBytes(arrivals.Count).Reverse(), .. new byte[18]]);
                ((Column<byte[]?>)result.Columns[i]).Append(arrival);
            }

            result.Add(delta.Weights[row]);
        }

        return result;
    }

    private sealed class Watermark
    {
        private DateTime _latest;

        public Delta WithoutLate(Delta delta)
        {
            var result = delta.Empty();
            var latest = _latest;
            for (var row = 0; row < delta.Count; row++)
            {
                if (Array.Find(delta.Columns, c => c is Column<DateTime?>) is Column<DateTime?> times && times.Values[row] is { } time)
                {
                    latest = time > latest ? time : latest;
                    if (time < _latest)
                        continue;
                }

                result.Add(delta, row, delta.Weights[row]);
            }

            _latest = latest;
            return result;
        }
    }

    /// <summary>An operator with something done to what it takes or gives.</summary>
    private sealed class Mistaken(KeyedOperator inner) : KeyedOperator(inner.Types)
    {
        public Func<Delta, Delta>? Input { get; init; }

        public Func<int, long, long>? Output { get; init; }

        public override KeyedState State => inner.State;

        public override KeyedRows Group(int input, Delta delta) => inner.Group(input, Input?.Invoke(delta) ?? delta);

        public override void Apply(int input, KeyedRows rows, Delta output, RowFailures failures)
        {
            var made = output.Empty();
            inner.Apply(input, rows, made, failures);
            for (var row = 0; row < made.Count; row++)
                if ((Output?.Invoke(input, made.Weights[row]) ?? made.Weights[row]) is var weight and not 0)
                    output.Add(made, row, weight);
        }
    }
}
