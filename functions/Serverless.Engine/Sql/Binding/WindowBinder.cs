using Serverless.Engine.Expressions;
using Serverless.Engine.Expressions.Functions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>
/// The window functions of FROM, <c>TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR))</c>, and what windows are made of. (Flink's documentation, "Windowing
/// table-valued functions".)
/// </summary>
internal sealed class WindowBinder(QueryBinder queries, FromBinder? from)
{
    private static readonly Dictionary<string, string[]> Parameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["TUMBLE"] = ["SIZE", "OFFSET"],
        ["HOP"] = ["SLIDE", "SIZE", "OFFSET"],
        ["CUMULATE"] = ["STEP", "SIZE", "OFFSET"],
        ["SESSION"] = ["GAP"],
    };

    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Binds a window in FROM; null after an error.</summary>
    public BoundFrom? Bind(FromFunctionSyntax function)
    {
        var kind = function.Name.Text.ToUpperInvariant();
        if (!Parameters.TryGetValue(kind, out var parameters))
            return Error(function.Name.Span, Spelling.Nearest(kind, Parameters.Keys) is { } near ? $"unknown table function {kind}; did you mean {near}?" : $"there is no table function {kind} here, and CREATE FUNCTION makes functions of one value only; the windows are TUMBLE, HOP, CUMULATE and SESSION, and CROSS JOIN UNNEST(a) AS t (x) makes a row of each element of an array, such as SPLIT(s, ',')");
        if (Arguments(function, ["DATA", "TIMECOL", .. parameters]) is not { } arguments)
            return null;
        if (arguments.GetValueOrDefault("DATA") is not { Table: { } data } table)
            return Error(function.Span, $"{kind} needs a table first: {kind}(TABLE t, DESCRIPTOR(ts), INTERVAL '1' HOUR)");
        if (arguments.GetValueOrDefault("TIMECOL") is not { Descriptor: [var column] } descriptor)
            return Error(function.Span, $"{kind} needs one time column behind the table: DESCRIPTOR(ts)");
        if (from!.Bind(data) is not { } source)
            return null;

        var scope = new Scope(source.Tables);
        var binder = new ExpressionBinder(scope, queries.Settings, Diagnostics, "a window", null) { RecordTimestamp = (source.Relation as ScanRelation)?.Timestamp };
        var needed = parameters.Where(p => p != "OFFSET").ToList();
        if (needed.Find(p => !arguments.ContainsKey(p)) is { } missing)
            return Error(function.Span, $"{kind} lacks its {missing}: an INTERVAL");
        var lengths = parameters.Where(arguments.ContainsKey).Select(p => arguments[p].Expression).ToList();
        if (Time(new NameSyntax(column.Span, [column]), binder) is not { } time || Lengths(lengths!, binder) is not { } ticks)
            return null;

        var name = function.Alias?.Name.Text ?? source.Tables[0].Alias;
        Relation relation;
        Scalar start;
        Scalar end;
        if (kind == "SESSION")
        {
            var keys = table.PartitionBy.Select(binder.Bind).ToList();
            if (keys.Contains(null))
                return null;
            var session = Session(source.Relation, [.. keys.OfType<Scalar>()], time, ticks[0]);
            (relation, start, end) = (session, session.Start.Scalar, session.End.Scalar);
        }
        else
        {
            var assigner = kind == "TUMBLE"
                ? new WindowAssigner(WindowKind.Tumble, ticks[0], ticks[0], ticks.ElementAtOrDefault(1))
                : new WindowAssigner(kind == "HOP" ? WindowKind.Hop : WindowKind.Cumulate, ticks[1], ticks[0], ticks.ElementAtOrDefault(2));
            if (!Fits(assigner, arguments["SIZE"].Span))
                return null;
            if (kind == "TUMBLE")
            {
                (relation, start) = (source.Relation, WindowFunctions.Start(time, assigner));
                end = WindowFunctions.End(start, assigner.Size);
            }
            else
            {
                var window = Expanded(source.Relation, time, assigner);
                (relation, start, end) = (window, window.Start.Scalar, window.End.Scalar);
            }
        }

        var columns = source.Tables.SelectMany(t => t.Shown).ToList();
        Scalar? Find(string wanted) => wanted switch
        {
            "window_start" => start,
            "window_end" => end,
            "window_time" => WindowFunctions.Time(end),
            _ => scope.Find(null, wanted, out _),
        };
        var found = new ScopeTable(name, [.. columns, "window_start", "window_end", "window_time"], Find);
        if (function.Alias?.Columns is not { } renamed)
            return new BoundFrom(relation, [found]);
        if (renamed.Count != found.Columns.Count)
            return Error(function.Alias.Span, $"the alias '{name}' names {renamed.Count} columns; the window has {found.Columns.Count}");
        return new BoundFrom(relation, [new ScopeTable(name, [.. renamed.Select(r => r.Text)], wanted => renamed.ToList().FindIndex(r => r.Text == wanted) is var at and >= 0 ? Find(found.Columns[at]) : null)]);
    }

    /// <summary>Binds the time of a window, as a time without a zone; null after an error.</summary>
    public Scalar? Time(ExpressionSyntax syntax, ExpressionBinder binder)
    {
        if (binder.Bind(syntax) is not { } time)
            return null;
        if (time.Type.Kind == SqlKind.Timestamp)
            return time;
        if (time.Type.Kind == SqlKind.TimestampLtz)
            return binder.Convert(time, SqlType.Timestamp(time.Type.Length), syntax.Span);
        Diagnostics.Error(syntax.Span, $"a window needs a TIMESTAMP; this is {time.Type}: add a column to the table, such as ts AS TO_TIMESTAMP(…), or TO_TIMESTAMP_LTZ(…, 3) of milliseconds");
        return null;
    }

    /// <summary>Binds lengths of time, in ticks of 100 ns; null after an error.</summary>
    public List<long>? Lengths(IReadOnlyList<ExpressionSyntax> syntax, ExpressionBinder binder)
    {
        var lengths = new List<long>();
        foreach (var length in syntax)
        {
            if (length is not IntervalSyntax interval)
            {
                Diagnostics.Error(length.Span, "a window takes lengths of time: INTERVAL '10' MINUTE");
                return null;
            }

            if (binder.TicksOf(interval) is not { } ticks)
                return null;
            lengths.Add(ticks);
        }

        return lengths;
    }

    /// <summary>Whether the lengths of a window go together.</summary>
    public bool Fits(WindowAssigner window, TextSpan span)
    {
        var windows = window.Size / window.Step;
        var fault = window.Kind == WindowKind.Cumulate && window.Size % window.Step != 0 ? "CUMULATE's size must be a multiple of its step"
            : window.Kind == WindowKind.Hop && window.Step > window.Size ? "HOP's size is less than its step, so that some rows would be in no window: write the step first, then the size"
            : windows > 10_000 ? $"each row would be in {windows} windows; the most is 10,000"
            : null;
        if (fault is not null)
            Diagnostics.Error(span, fault);
        return fault is null;
    }

    /// <summary>The windows of a time that can be in several.</summary>
    public WindowRelation Expanded(Relation relation, Scalar time, WindowAssigner window) =>
        new(relation, time, window, queries.Ids.New("window_start", WindowFunctions.Bound), queries.Ids.New("window_end", WindowFunctions.Bound));

    /// <summary>The sessions of some keys.</summary>
    public SessionRelation Session(Relation relation, IReadOnlyList<Scalar> keys, Scalar time, long gap) =>
        new(relation, keys, time, gap, queries.Ids.New("window_start", WindowFunctions.Bound), queries.Ids.New("window_end", WindowFunctions.Bound));

    private Dictionary<string, TableArgumentSyntax>? Arguments(FromFunctionSyntax function, IReadOnlyList<string> parameters)
    {
        var arguments = new Dictionary<string, TableArgumentSyntax>();
        for (var i = 0; i < function.Arguments.Count; i++)
        {
            var argument = function.Arguments[i];
            var name = argument.Name?.Text.ToUpperInvariant() ?? parameters.ElementAtOrDefault(i);
            if (name is null || !parameters.Contains(name) || !arguments.TryAdd(name, argument))
            {
                Error(argument.Span, $"{function.Name.Text.ToUpperInvariant()} takes {string.Join(", ", parameters)}");
                return null;
            }
        }

        return arguments;
    }

    private BoundFrom? Error(TextSpan span, string message)
    {
        Diagnostics.Error(span, message);
        return null;
    }
}
