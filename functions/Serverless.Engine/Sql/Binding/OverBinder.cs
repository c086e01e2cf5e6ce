using Serverless.Engine.Expressions;
using Serverless.Engine.Operators;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Calls with <c>OVER</c>.</summary>
/// <param name="binder">Binds what they are made of.</param>
/// <param name="windows">The windows that the query names.</param>
/// <param name="diagnostics">Where errors go.</param>
internal sealed class OverBinder(ExpressionBinder binder, IReadOnlyList<NamedWindowSyntax> windows, Diagnostics diagnostics)
{
    private static readonly Dictionary<string, OverFunction> Ranks = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ROW_NUMBER"] = OverFunction.RowNumber,
        ["RANK"] = OverFunction.Rank,
        ["DENSE_RANK"] = OverFunction.DenseRank,
        ["LAG"] = OverFunction.Lag,
        ["LEAD"] = OverFunction.Lead,
    };

    /// <summary>Whether a name is a function that stands with OVER only.</summary>
    public static bool IsWindowFunction(string name) => Ranks.ContainsKey(name);

    /// <summary>Binds a call; null after an error.</summary>
    public PendingOver? Bind(CallSyntax call)
    {
        if (Resolve(call.Over!) is not { } over)
            return null;
        var partition = over.PartitionBy.Select(binder.Bind).ToList();
        var order = over.OrderBy.Select(o => (Scalar: binder.Bind(o.Expression), o)).ToList();
        if (partition.Contains(null) || order.Exists(o => o.Scalar is null))
            return null;
        var window = new OverWindow(
            new([.. partition.OfType<Scalar>()]),
            new([.. order.Select(o => new SortItem(o.Scalar!, o.o.IsDescending, o.o.NullsFirst ?? !o.o.IsDescending))]));
        var text = diagnostics.Source[call.Span].ReplaceLineEndings(" ");
        if (Ranks.TryGetValue(call.Name.Text, out var function))
            return Rank(call, function, window, text);
        if (binder.AggregateOf(call) is not { } aggregate || FrameOf(over, window) is not { } frame)
            return null;
        return new PendingOver(new OverCall(OverFunction.Aggregate, aggregate, null, 0, null, frame, text), window, aggregate.Type);
    }

    private OverSyntax? Resolve(OverSyntax over)
    {
        if (over.Name is not { } name)
            return over;
        if (windows.FirstOrDefault(w => w.Name.Text == name.Text) is not { } named)
        {
            diagnostics.Error(name.Span, $"unknown window '{name.Text}': name it in WINDOW {name.Text} AS (…)");
            return null;
        }

        if (Resolve(named.Window) is not { } below)
            return null;
        return over with
        {
            Name = null,
            PartitionBy = over.PartitionBy.Count > 0 ? over.PartitionBy : below.PartitionBy,
            OrderBy = over.OrderBy.Count > 0 ? over.OrderBy : below.OrderBy,
            Frame = over.Frame ?? below.Frame,
        };
    }

    private PendingOver? Rank(CallSyntax call, OverFunction function, OverWindow window, string text)
    {
        var isShift = function is OverFunction.Lag or OverFunction.Lead;
        if (isShift ? call.Arguments.Count is < 1 or > 3 : call.Arguments.Count > 0 || call.IsStar)
            return Error(call.Name.Span, $"{call.Name.Text.ToUpperInvariant()} takes {(isShift ? "a value, and perhaps a number of rows and a default" : "no arguments")}");
        if (window.OrderBy.Count == 0)
            return Error(call.Over!.Span, $"{call.Name.Text.ToUpperInvariant()} needs ORDER BY in its OVER");
        if (!isShift)
            return new PendingOver(new OverCall(function, null, null, 0, null, default, text), window, SqlType.BigInt);
        if (binder.Bind(call.Arguments[0]) is not { } argument)
            return null;
        var offset = 1L;
        if (call.Arguments.Count > 1 && (binder.Bind(call.Arguments[1]) is not ConstantScalar { Value: long written } || (offset = written) < 0))
            return Error(call.Arguments[1].Span, "the number of rows is a whole number, zero or more");
        Scalar? fallback = null;
        if (call.Arguments.Count > 2 && (binder.Bind(call.Arguments[2]) is not { } value || (fallback = binder.Convert(value, argument.Type, call.Arguments[2].Span)) is null))
            return null;
        return new PendingOver(new OverCall(function, null, argument, offset, fallback, default, text), window, argument.Type);
    }

    private Frame? FrameOf(OverSyntax over, OverWindow window)
    {
        if (over.Frame is not { } frame)
            // Without an order, all rows of the partition: they are one another's peers.
            return new Frame(false, null);
        if (frame.Start.IsFollowing || frame.End.IsFollowing || frame.End.IsUnbounded || frame.End.Distance is not null)
        {
            Error(frame.Span, "a frame goes up to CURRENT ROW, as in Flink: write ROWS or RANGE BETWEEN … PRECEDING AND CURRENT ROW");
            return null;
        }

        if (frame.Start.IsUnbounded)
            return new Frame(frame.IsRows, null);
        if (frame.Start.Distance is not { } distance)
            return new Frame(frame.IsRows, new Number(0));
        if (distance is IntervalSyntax interval && !frame.IsRows)
            return binder.TicksOf(interval) is { } ticks ? new Frame(false, new Number(ticks)) : null;
        if (binder.Bind(distance) is ConstantScalar { Value: long or Number } constant)
        {
            if (!frame.IsRows && window.OrderBy is not [{ Scalar.Type.IsNumeric: true }])
            {
                Error(distance.Span, "RANGE with a number needs one numeric column in ORDER BY; for a time write INTERVAL '…' SECOND");
                return null;
            }

            return new Frame(frame.IsRows, constant.Value is Number number ? number : new Number((long)constant.Value));
        }

        Error(distance.Span, frame.IsRows ? "the number of rows is a whole number" : "RANGE takes a number or an INTERVAL");
        return null;
    }

    private PendingOver? Error(TextSpan span, string message)
    {
        diagnostics.Error(span, message);
        return null;
    }
}
