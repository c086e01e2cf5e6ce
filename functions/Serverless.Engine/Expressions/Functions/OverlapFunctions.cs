using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary><c>(a, b) OVERLAPS (c, d)</c>: whether two spans of time share a moment. An end may be a length.</summary>
internal static class OverlapFunctions
{
    public static ScalarFunction? Choose(FunctionCall call)
    {
        if (call.Count != 4 || call.Symbols.Count > 0 || Casts.CommonType(call.Type(0), call.Type(2)) is not { } start)
            return null;
        if (start.Kind is not (SqlKind.Date or SqlKind.Time or SqlKind.Timestamp or SqlKind.TimestampLtz))
            return null;
        foreach (var end in (ReadOnlySpan<SqlType>)[call.Type(1), call.Type(3)])
            if (!end.IsInterval && Casts.CommonType(start, end)?.Kind != start.Kind)
                return null;
        SqlType[] takes = [start, call.Type(1).IsInterval ? call.Type(1) : start, start, call.Type(3).IsInterval ? call.Type(3) : start];
        return BoxedFunction.Strict(call.Name, takes, SqlType.Boolean, a =>
        {
            var (first, second) = (Span(a[0], a[1], takes[1]), Span(a[2], a[3], takes[3]));
            return BoxedValues.Compare(first.End, second.Start) >= 0 && BoxedValues.Compare(second.End, first.Start) >= 0;
        }, canFail: true);
    }

    private static (object Start, object End) Span(object start, object end, SqlType type)
    {
        if (type.IsInterval)
            end = IntervalFunctions.Moved(start, (long)end, type.Kind == SqlKind.IntervalMonths ? TimeUnit.Month : TimeUnit.Millisecond, SqlKind.Date);
        return BoxedValues.Compare(start, end) <= 0 ? (start, end) : (end, start);
    }
}
