using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>The window that a time falls into, where every time has one: <c>TUMBLE</c>; and the time that belongs to a window.</summary>
internal static class WindowFunctions
{
    /// <summary>What a window's start and end are, as in Flink.</summary>
    public static readonly SqlType Bound = SqlType.Timestamp(3);

    /// <summary>The start of a time's window.</summary>
    public static Scalar Start(Scalar time, WindowAssigner window) =>
        new CallScalar(new ScalarFunction("WINDOW_START", ((Func<WindowAssigner, DateTime?, DateTime>)StartOf).Method, [time.Type], Bound, CanFail: true, Constant: window, TakesNulls: true), [time]) { Symbols = [window.ToString()] };

    /// <summary>The end of a window that starts at a time.</summary>
    public static Scalar End(Scalar start, long size) =>
        new CallScalar(new ScalarFunction("WINDOW_END", ((Func<TimeSpan, DateTime, DateTime>)EndOf).Method, [Bound], Bound, Constant: new TimeSpan(size)), [start]) { Symbols = [new TimeSpan(size).ToString()] };

    /// <summary>The last moment of a window that ends at a time: <c>window_time</c>, <c>TUMBLE_ROWTIME</c>.</summary>
    public static Scalar Time(Scalar end) =>
        new CallScalar(new ScalarFunction("WINDOW_TIME", ((Func<DateTime, DateTime>)TimeOf).Method, [Bound], Bound), [end]);

    private static DateTime StartOf(WindowAssigner window, DateTime? time) =>
        time is { } at ? new DateTime(WindowAssigner.StartOf(at.Ticks, window.Size, window.Offset)) : throw new EvaluationException("the time of the window is NULL");

    private static DateTime EndOf(TimeSpan size, DateTime start) => start + size;

    private static DateTime TimeOf(DateTime end) => end.AddMilliseconds(-1);
}
