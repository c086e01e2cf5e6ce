using CsCheck;
using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.Aggregates;

/// <summary>The algebra of every aggregate over every type it takes: order, cutting and repetition leave no trace, and merging is associative and commutative.</summary>
public sealed class AccumulatorTests
{
    private static readonly SqlType[] Types =
    [
        SqlType.Boolean, SqlType.Int, SqlType.BigInt, SqlType.Decimal(20, 3), SqlType.Double, SqlType.String, SqlType.Date, SqlType.Timestamp(), SqlType.TimestampLtz(), SqlType.Time(), SqlType.Bytes,
    ];

    private static readonly Gen<(int Partition, long Offset, long Timestamp, int Value)[]> Events =
        Gen.Select(Gen.Int[0, 2], Gen.Long[0, 40], Gen.Long[0, 5], Gen.Int[-6, 9]).Array[0, 30]
            .Select(events => events.DistinctBy(e => (e.Item1, e.Item2)).ToArray());

    public static IEnumerable<TheoryDataRow<AggregateKind, string>> Calls =>
        from kind in Enum.GetValues<AggregateKind>()
        from type in Types
        where AggregateCall.ResultType(kind, type, out _) is not null
        select new TheoryDataRow<AggregateKind, string>(kind, type.ToString());

    [Theory]
    [MemberData(nameof(Calls))]
    public void Any_order_and_any_cut_into_slices_give_the_same_state(AggregateKind kind, string type) =>
        Gen.Select(Events, Gen.Int).Sample((events, seed) =>
        {
            var random = new Random(seed);
            var shuffled = events.ToArray();
            random.Shuffle(shuffled);
            Assert.Equal(State(Over(kind, type, events, random)), State(Over(kind, type, shuffled, random)));
        });

    [Theory]
    [MemberData(nameof(Calls))]
    public void Merging_is_associative_and_commutative_and_an_empty_one_changes_nothing(AggregateKind kind, string type) =>
        Gen.Select(Events, Gen.Int).Sample((events, seed) =>
        {
            var random = new Random(seed);
            var parts = events.GroupBy(_ => random.Next(3)).Select(g => g.ToArray()).Concat([[], [], []]).Take(3).ToArray();
            Accumulator Part(int i) => Over(kind, type, parts[i], random);
            var whole = State(Over(kind, type, events, random));
            Assert.Equal(whole, State(Merge(Merge(Part(0), Part(1)), Part(2))));
            Assert.Equal(whole, State(Merge(Part(0), Merge(Part(1), Part(2)))));
            Assert.Equal(whole, State(Merge(Merge(Part(2), Part(0)), Part(1))));
            Assert.Equal(whole, State(Merge(Over(kind, type, events, random), Over(kind, type, [], random))));
        });

    [Theory]
    [MemberData(nameof(Calls))]
    public void State_read_back_is_the_state_that_was_written(AggregateKind kind, string type) =>
        Events.Sample(events =>
        {
            var written = State(Over(kind, type, events, new Random(0)));
            var read = Accumulator.Create(Call(kind, type));
            var reader = new StateReader(written, "an accumulator");
            read.Read(ref reader);
            Assert.Equal(written, State(read));
        });

    private static AggregateCall Call(AggregateKind kind, string type)
    {
        var argument = Types.Single(t => t.ToString() == type);
        return new AggregateCall(kind, new ColumnScalar(0, "x", argument), false, AggregateCall.ResultType(kind, argument, out _)!, "");
    }

    private static Accumulator Over(AggregateKind kind, string type, (int Partition, long Offset, long Timestamp, int Value)[] events, Random random)
    {
        var accumulator = Accumulator.Create(Call(kind, type));
        // A slice holds one partition's events in the order of their offsets.
        foreach (var slice in events.GroupBy(e => (e.Partition, random.Next(3))))
        {
            var columns = new EventColumns([Column.Create(Types.Single(t => t.ToString() == type))], null);
            foreach (var e in slice.OrderBy(e => e.Offset))
            {
                columns.Offsets.Append(e.Offset);
                columns.Timestamps.Append(e.Timestamp);
                Append(columns.Arguments[0], e.Value);
            }

            var rows = Enumerable.Range(0, columns.Offsets.Count).ToArray();
            accumulator.Add(columns.Arguments[0], new Slice(slice.Key.Partition, 0, 40, 0, columns, rows), rows);
        }

        return accumulator;
    }

    /// <summary>A value of a column's type for a number; NULL for some.</summary>
    private static void Append(Column column, int value)
    {
        if (value == 0)
        {
            column.AppendNull();
            return;
        }

        switch (column)
        {
            case Column<bool?> c: c.Append(value > 0); break;
            case Column<long?> c: c.Append(value * (long)int.MaxValue * int.MaxValue); break;
            case Column<Number?> c: c.Append(new Number(value * 1_000_000_007L, value % 3)); break;
            case Column<string?> c: c.Append($"text {value}"); break;
            case Column<byte[]?> c: c.Append([(byte)value]); break;
            case Column<DateOnly?> c: c.Append(new DateOnly(2021, 12, 10).AddDays(value)); break;
            case Column<TimeOnly?> c: c.Append(new TimeOnly(12, 0).AddMinutes(value)); break;
            case Column<DateTime?> c: c.Append(new DateTime(2021, 12, 10).AddMinutes(value)); break;
            case Column<DateTimeOffset?> c: c.Append(DateTimeOffset.UnixEpoch.AddMinutes(value)); break;
            default: throw new InvalidOperationException(column.GetType().Name);
        }
    }

    private static Accumulator Merge(Accumulator left, Accumulator right)
    {
        left.Merge(right);
        return left;
    }

    private static byte[] State(Accumulator accumulator)
    {
        var writer = new StateWriter();
        accumulator.Write(writer);
        return writer.Written.ToArray();
    }
}
