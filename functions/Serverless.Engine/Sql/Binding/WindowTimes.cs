using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A column of a window's start or end.</summary>
/// <param name="Column">The column.</param>
/// <param name="Step">How far apart two windows are at least, in ticks of 100 ns; 0 if any distance will do.</param>
internal readonly record struct WindowTime(ColumnScalar Column, long Step);

/// <summary>
/// The windows that rows are grouped by. Flink writes windows in the order of their ends, so that of two under one key of the sink the later stays: that order is a
/// function of the rows, whatever order records come in.
/// </summary>
internal static class WindowTimes
{
    /// <summary>Returns the windows' times among the columns of a grouping's rows; none where rows are made in another way.</summary>
    public static IReadOnlyList<WindowTime> Of(Relation relation)
    {
        while (relation is FilterRelation or ProjectRelation)
            relation = relation.Inputs[0];
        if (relation is not AggregateRelation aggregate)
            return [];
        var below = RequiredColumns.InputsFirst(aggregate.Inputs[0]);
        return [.. aggregate.Keys.Select(k => (k.Column, Step: StepOf(k.Scalar, below))).Where(k => k.Step is not null).Select(k => new WindowTime(k.Column.Scalar, k.Step!.Value))];
    }

    /// <summary>Whether a text of a window's time tells the windows apart: <c>DATE_FORMAT(window_start, 'yyyy-MM-dd HH:mm')</c> of windows that are a minute apart.</summary>
    public static ColumnScalar? Told(Scalar text, IReadOnlyList<WindowTime> times)
    {
        if (OneToOne.Under(text) is not CallScalar { Function.Name: "DATE_FORMAT", Arguments: [var moment, ConstantScalar { Value: string format }] }
            || OneToOne.Under(moment) is not ColumnScalar column)
            return null;
        return times.Any(t => t.Column.Index == column.Index && t.Step >= Finest(format)) ? column : null;
    }

    private static long? StepOf(Scalar scalar, IReadOnlyList<Relation> below)
    {
        scalar = OneToOne.Under(scalar);
        if (scalar is CallScalar { Function: { Name: "WINDOW_START", Constant: WindowAssigner tumble } })
            return tumble.Step;
        if (scalar is not ColumnScalar column)
            return null;
        foreach (var relation in below)
            switch (relation)
            {
                case WindowRelation window when column.Index == window.Start.Id || column.Index == window.End.Id:
                    // Windows that grow share their start.
                    return window.Window.Step;
                case SessionRelation session when column.Index == session.Start.Id || column.Index == session.End.Id:
                    return 0;
                case ProjectRelation project when project.Items.FirstOrDefault(i => i.Column.Id == column.Index).Scalar is { } item:
                    return StepOf(item, below);
                case AggregateRelation aggregate when aggregate.Keys.FirstOrDefault(k => k.Column.Id == column.Index).Scalar is { } key:
                    return StepOf(key, below);
            }

        return null;
    }

    // The length of time within which a format gives one text.
    private static long Finest(string format)
    {
        bool Lacks(string letters) => !format.Contains(letters, StringComparison.Ordinal);
        if (!Lacks("'") || Lacks("yyyy") || Lacks("MM") || Lacks("dd"))
            return long.MaxValue;
        return Lacks("HH") ? TimeSpan.TicksPerDay
            : Lacks("mm") ? TimeSpan.TicksPerHour
            : Lacks("ss") ? TimeSpan.TicksPerMinute
            : Lacks("SSS") ? TimeSpan.TicksPerSecond
            : TimeSpan.TicksPerMillisecond;
    }
}
