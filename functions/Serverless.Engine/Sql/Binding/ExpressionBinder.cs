using System.Globalization;
using System.Text.RegularExpressions;
using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Expressions.Functions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>Expressions as written to expressions as meant. Every error is reported where it stands; the result is null then.</summary>
/// <param name="scope">What names refer to.</param>
/// <param name="settings">The session: time zone, cast behaviour.</param>
/// <param name="diagnostics">Where errors go.</param>
/// <param name="place">What the expression belongs to, for errors: <c>WHERE</c>, <c>GROUP BY</c>…</param>
/// <param name="aggregates">Where aggregates are collected; null where none may stand.</param>
internal sealed class ExpressionBinder(
    Scope scope,
    JobSettings settings,
    Diagnostics diagnostics,
    string place,
    List<AggregateCall>? aggregates)
{
    private static readonly Dictionary<string, AggregateKind> AggregateNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["COUNT"] = AggregateKind.Count,
        ["SUM"] = AggregateKind.Sum,
        ["AVG"] = AggregateKind.Avg,
        ["MIN"] = AggregateKind.Min,
        ["MAX"] = AggregateKind.Max,
        ["FIRST_VALUE"] = AggregateKind.FirstValue,
        ["LAST_VALUE"] = AggregateKind.LastValue,
        ["VAR_POP"] = AggregateKind.VarPop,
        ["VAR_SAMP"] = AggregateKind.VarSamp,
        ["VARIANCE"] = AggregateKind.VarSamp,
        ["STDDEV_POP"] = AggregateKind.StddevPop,
        ["STDDEV_SAMP"] = AggregateKind.StddevSamp,
        ["STDDEV"] = AggregateKind.StddevSamp,
        ["LISTAGG"] = AggregateKind.ListAgg,
        ["COLLECT"] = AggregateKind.Collect,
        ["ARRAY_AGG"] = AggregateKind.ArrayAgg,
        ["JSON_OBJECTAGG"] = AggregateKind.JsonObjectAgg,
        ["JSON_ARRAYAGG"] = AggregateKind.JsonArrayAgg,
        ["PERCENTILE"] = AggregateKind.Percentile,
        ["APPROX_COUNT_DISTINCT"] = AggregateKind.Count,
    };

    private static readonly string[] WindowParts = ["START", "END", "ROWTIME", "PROCTIME"];

    private static readonly string[] Random = ["RAND", "RAND_INTEGER"];

    private static readonly string[] Comparisons = ["=", "<>", "<", "<=", ">", ">="];

    private readonly ConstantChecks _constants = new();
    private bool _insideAggregate;

    /// <summary>Takes window functions and subqueries, and gives what stands in their place; null where none may stand.</summary>
    public PendingScalars? Pending { get; init; }

    /// <summary>What <c>GROUPING</c> gives for some keys; null without grouping sets.</summary>
    public Func<IReadOnlyList<Scalar>, Scalar?>? Grouping { get; init; }

    /// <summary>The windows that the query names.</summary>
    public IReadOnlyList<NamedWindowSyntax> NamedWindows { get; init; } = [];

    /// <summary>The record's timestamp, which is what the clock says in front of an aggregation; null if rows are made of several records.</summary>
    public Scalar? RecordTimestamp { get; init; }

    /// <summary>What the record is known by that a row is made of, for <c>UUID()</c>; null if a row is made of several, or of a part of one.</summary>
    public Func<IReadOnlyList<Scalar>>? RecordIdentity { get; init; }

    /// <summary>What a group is known by: its keys. Null without groups.</summary>
    public Func<IReadOnlyList<Scalar>>? GroupIdentity { get; init; }

    /// <summary>The window of <c>GROUP BY</c>, for <c>TUMBLE_START</c> and the like.</summary>
    public GroupWindow? Window { get; init; }

    /// <summary>Whether the syntax holds a call of an aggregate function.</summary>
    public static bool HasAggregate(ExpressionSyntax? syntax) => syntax switch
    {
        null => false,
        CallSyntax { Over: { } over } call => call.Arguments.Concat(over.PartitionBy).Concat(over.OrderBy.Select(o => o.Expression)).Any(HasAggregate),
        CallSyntax call => AggregateNames.ContainsKey(call.Name.Text) || call.Arguments.Any(HasAggregate),
        UnarySyntax unary => HasAggregate(unary.Operand),
        BinarySyntax binary => HasAggregate(binary.Left) || HasAggregate(binary.Right),
        CastSyntax cast => HasAggregate(cast.Operand),
        CaseSyntax @case => HasAggregate(@case.Operand) || HasAggregate(@case.Else) || @case.Whens.Any(w => HasAggregate(w.Condition) || HasAggregate(w.Result)),
        InSyntax @in => HasAggregate(@in.Operand) || @in.List.Any(HasAggregate),
        BetweenSyntax between => HasAggregate(between.Operand) || HasAggregate(between.Low) || HasAggregate(between.High),
        LikeSyntax like => HasAggregate(like.Operand) || HasAggregate(like.Pattern),
        IsSyntax test => HasAggregate(test.Operand),
        FieldAccessSyntax access => HasAggregate(access.Operand),
        RowSyntax row => row.Items.Any(HasAggregate),
        _ => false,
    };

    /// <summary>Binds a condition: an expression of type BOOLEAN.</summary>
    public Scalar? BindCondition(ExpressionSyntax syntax)
    {
        var scalar = Bind(syntax);
        if (scalar is null || scalar.Type.Kind == SqlKind.Boolean)
            return scalar;
        if (scalar.Type.Kind == SqlKind.Null)
            return new ConstantScalar(null, SqlType.Boolean);
        return Error(syntax.Span, $"{place} takes a condition; this is {scalar.Type}");
    }

    /// <summary>Binds any expression.</summary>
    public Scalar? Bind(ExpressionSyntax syntax)
    {
        switch (syntax)
        {
            case LiteralSyntax literal: return Literal(literal);
            case NameSyntax name: return Name(name);
            case UnarySyntax { Operator: "NOT" } not: return BindBoolean(not.Operand) is { } operand ? new NotScalar(operand) : null;
            case UnarySyntax { Operator: "-" } minus: return Negate(minus);
            case UnarySyntax unary: return Bind(unary.Operand);
            case BinarySyntax binary: return Binary(binary);
            // r['f'] is r.f.
            case CallSyntax { Name.Text: "ITEM", Arguments: [(NameSyntax or FieldAccessSyntax) and var of, LiteralSyntax { Kind: LiteralKind.String } key] } when Bind(of) is { Type.Kind: SqlKind.Row } named:
                return Field(named, new Identifier(key.Span, key.Text), "this");
            case CallSyntax call: return Call(call);
            case CastSyntax cast: return Cast(cast);
            case CaseSyntax @case: return Case(@case);
            case InSyntax @in: return Negated(@in.IsNegated, In(@in));
            case BetweenSyntax between: return Negated(between.IsNegated, Between(between));
            case LikeSyntax like:
                var arguments = like.Escape is null ? new[] { like.Operand, like.Pattern } : [like.Operand, like.Pattern, like.Escape];
                return Negated(like.IsNegated, Function(like.Span, "LIKE", arguments));
            case IsSyntax test: return Negated(test.IsNegated, Is(test));
            case RowSyntax row: return Function(row.Span, "ROW", row.Items);
            case FieldAccessSyntax access: return Bind(access.Operand) is { } whole ? Field(whole, access.Field, "this") : null;
            case ScalarQuerySyntax query: return Pending is null || _insideAggregate ? Error(query.Span, $"a subquery cannot stand in {(_insideAggregate ? "an aggregate" : place)}") : Pending.Add(query);
            case ExistsSyntax or InQuerySyntax:
                return Error(syntax.Span, place == "WHERE"
                    ? "EXISTS and IN (SELECT …) stand in WHERE, alone or joined to other conditions by AND"
                    : $"EXISTS and IN (SELECT …) cannot stand in {place}; they stand in WHERE");
            case IntervalSyntax interval: return IntervalLiteral.Of(interval) ?? Error(interval.Span, IntervalLiteral.Advice(interval));
            default: return Error(syntax.Span, "this expression is not supported");
        }
    }

    /// <summary>Converts an expression to a type by CAST; null after an error.</summary>
    public Scalar? Convert(Scalar scalar, SqlType type, TextSpan span, bool isTry = false, string advice = "")
    {
        scalar = RowScalar.Whole(scalar);
        if (scalar.Type == type)
            return scalar;
        if (scalar is ConstantScalar { Value: null })
            return new ConstantScalar(null, type);
        var function = Casts.Find(scalar.Type, type, settings.Zone);
        if (function is null)
            return Error(span, $"cannot CAST {scalar.Type} to {type}");
        var cast = new CallScalar(function, [scalar]);
        if (scalar is ConstantScalar && Folded(cast) is { } constant)
            return constant;
        return function.CanFail && (isTry || settings.LegacyCast) ? new TryScalar(cast) : Checked(cast, span, advice);
    }

    private CallScalar Checked(CallScalar call, TextSpan span, string advice)
    {
        if (call.CanFail && _constants.FailureOf(call) is { } failure)
            diagnostics.Error(span, failure + advice);
        return call;
    }

    /// <summary>A literal's cast as a literal; null where it fails.</summary>
    private static ConstantScalar? Folded(CallScalar cast)
    {
        try
        {
            return new ConstantScalar(ScalarCompiler.Compile(cast, _ => 0).Box(default), cast.Type);
        }
        catch (EvaluationException)
        {
            return null;
        }
    }

    private Scalar? Error(TextSpan span, string message)
    {
        diagnostics.Error(span, message);
        return null;
    }

    private static Scalar? Negated(bool negated, Scalar? scalar) => negated && scalar is not null ? new NotScalar(scalar) : scalar;

    private Scalar? BindBoolean(ExpressionSyntax syntax)
    {
        var scalar = Bind(syntax);
        if (scalar is null || scalar.Type.Kind == SqlKind.Boolean)
            return scalar;
        return scalar.Type.Kind is SqlKind.Null or SqlKind.String
            ? Convert(scalar, SqlType.Boolean, syntax.Span)
            : Error(syntax.Span, $"expected a condition; this is {scalar.Type}");
    }

    private Scalar? Literal(LiteralSyntax literal)
    {
        switch (literal.Kind)
        {
            case LiteralKind.Null: return new ConstantScalar(null, SqlType.Null);
            case LiteralKind.Boolean: return new ConstantScalar(literal.Text == "TRUE", SqlType.Boolean);
            case LiteralKind.String: return new ConstantScalar(literal.Text, SqlType.String);
            case LiteralKind.Number: return Number(literal);
            case LiteralKind.Date: return Typed(literal, SqlType.Date);
            case LiteralKind.Time: return Typed(literal, SqlType.Time(Precision(literal.Text)));
            case LiteralKind.Timestamp: return Typed(literal, SqlType.Timestamp(Precision(literal.Text)));
            case LiteralKind.Bytes:
                return literal.Text.Length % 2 == 0 && literal.Text.All(char.IsAsciiHexDigit)
                    ? new ConstantScalar(System.Convert.FromHexString(literal.Text), SqlType.Bytes)
                    : Error(literal.Span, "between the quotes of x'…' stand pairs of hexadecimal digits");
            default: return Error(literal.Span, $"'{literal.Text}' is a unit and no value");
        }
    }

    private Scalar? Number(LiteralSyntax literal)
    {
        var text = literal.Text;
        if (text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var integer))
            return new ConstantScalar(integer, integer <= int.MaxValue ? SqlType.Int : SqlType.BigInt);
        if (!Values.Number.TryParse(text, out var number))
            return Error(literal.Span, $"{text} is not a number that can be used");
        if (text.Contains('e', StringComparison.OrdinalIgnoreCase))
            return number.TryFit(SqlType.Double, out var fit) ? new ConstantScalar(fit, SqlType.Double) : Error(literal.Span, $"{text} is out of range for DOUBLE");
        var scale = Math.Max(0, number.Scale);
        var digits = Math.Max(text.Count(char.IsAsciiDigit), scale + 1);
        return digits > 38
            ? Error(literal.Span, $"{text} has more than 38 digits")
            : new ConstantScalar(number, SqlType.Decimal(digits, scale));
    }

    // As many digits of a second as are written.
    private static int Precision(string text) => text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? Math.Clamp(text.Trim().Length - point - 1, 0, 9) : 0;

    private Scalar? Typed(LiteralSyntax literal, SqlType type)
    {
        try
        {
            var cast = new CallScalar(Casts.Find(SqlType.String, type, settings.Zone)!, [new ConstantScalar(literal.Text, SqlType.String)]);
            return new ConstantScalar(ScalarCompiler.Compile(cast, _ => 0).Box(default), type);
        }
        catch (EvaluationException e)
        {
            var form = type.Kind switch { SqlKind.Date => "DATE '2024-01-31'", SqlKind.Time => "TIME '23:59:59'", _ => "TIMESTAMP '2024-01-31 23:59:59'" };
            return Error(literal.Span, $"{e.Message}; it is written as in {form}");
        }
    }

    private Scalar? Name(NameSyntax name)
    {
        var parts = name.Parts.ToList();
        string? table = null;
        if (parts.Count > 1 && scope.HasTable(parts[0].Text))
        {
            table = parts[0].Text;
            parts.RemoveAt(0);
        }

        var column = parts[0];
        var scalar = scope.Find(table, column.Text, out var isAmbiguous);
        if (isAmbiguous)
            return Error(column.Span, $"several tables have a column '{column.Text}': write {string.Join(" or ", scope.Tables.Where(t => t.Columns.Contains(column.Text)).Select(t => $"{t.Alias}.{column.Text}"))}");
        if (scalar is null)
        {
            // A computed column that is an error itself has said so.
            if (scope.HasColumn(table, column.Text))
                return null;
            // What stands in front of the last dot may have been meant as a table.
            var names = table is null ? scope.Names : scope.Tables.Where(t => t.Alias == table).SelectMany(t => t.Columns);
            if (table is null && scope.SelectAliases.Contains(column.Text))
                return Error(column.Span, $"'{column.Text}' is an alias of SELECT, which the query's other expressions do not see: repeat what it stands for, or give it its name in a subquery");
            var near = Spelling.Nearest(column.Text, parts.Count > 1 ? names.Concat(scope.Aliases) : names);
            return Error(column.Span, table is null && parts.Count > 1
                ? $"unknown table or column '{column.Text}'{(near is not null ? $"; did you mean '{near}'?" : scope.Aliases.Any() ? $"; the tables here are {string.Join(", ", scope.Aliases)}" : "")}"
                : $"unknown column '{column.Text}'{(near is not null ? $"; did you mean '{near}'?" : Spelling.Suggestion(column.Text, names))}");
        }

        for (var i = 1; i < parts.Count; i++)
        {
            scalar = Field(scalar, parts[i], $"'{string.Join('.', parts.Take(i).Select(p => p.Text))}'");
            if (scalar is null)
                return null;
        }

        scalar = RowScalar.Whole(scalar);
        return scalar is ColumnScalar c ? c with { Span = name.Span } : scalar;
    }

    /// <summary>A field of a row: of a column that is read for the first time, only that field is read.</summary>
    private Scalar? Field(Scalar row, Identifier part, string what)
    {
        if (row.Type.Kind != SqlKind.Row)
            return Error(part.Span, $"{what} is {row.Type} and has no fields");
        if (row.Type.Fields.FirstOrDefault(f => f.Name == part.Text) is not { } field)
            return Error(part.Span, $"{what} has no field '{part.Text}'{Spelling.Suggestion(part.Text, row.Type.Fields.Select(f => f.Name))}");
        return row is RowScalar unread ? unread.Source.Use([.. unread.Path, field.Name], field.Type) : NestedFunctions.Field(row, field);
    }

    private Scalar? Negate(UnarySyntax minus)
    {
        if (minus.Operand is LiteralSyntax { Kind: LiteralKind.Number } literal)
        {
            // The least BIGINT has no positive counterpart.
            if (literal.Text == "9223372036854775808")
                return new ConstantScalar(long.MinValue, SqlType.BigInt);
            return Number(literal) switch
            {
                ConstantScalar { Value: long integer } constant => constant with { Value = -integer },
                ConstantScalar { Value: Values.Number number } constant => constant with { Value = Values.Number.Negate(number) },
                _ => null,
            };
        }

        return Function(minus.Span, "NEGATE", [minus.Operand]);
    }

    private Scalar? Binary(BinarySyntax binary)
    {
        switch (binary.Operator)
        {
            case "AND" or "OR":
                var left = BindBoolean(binary.Left);
                var right = BindBoolean(binary.Right);
                return left is null || right is null ? null : new LogicalScalar(binary.Operator == "AND", left, right);
            case "IS DISTINCT FROM" or "IS NOT DISTINCT FROM":
                return Negated(binary.Operator == "IS NOT DISTINCT FROM", Distinct(binary));
            case "+" or "-" when binary.Right is IntervalSyntax interval && binary.Left is not IntervalSyntax:
                return Shift(binary, binary.Left, interval, binary.Operator == "-");
            case "+" when binary.Left is IntervalSyntax interval && binary.Right is not IntervalSyntax:
                return Shift(binary, binary.Right, interval, false);
            case "=" or "<>" when binary is { Left: RowSyntax leftRow, Right: RowSyntax rightRow } && leftRow.Items.Count == rightRow.Items.Count:
                return Rows(binary, leftRow, rightRow);
            default:
                if (Comparisons.Contains(binary.Operator) && (IsNull(binary.Left) || IsNull(binary.Right)))
                    diagnostics.Warning(binary.OperatorSpan, $"{binary.Operator} NULL is never true; write {(binary.Operator == "<>" ? "IS NOT NULL" : "IS NULL")}");
                return Function(binary.OperatorSpan, binary.Operator, [binary.Left, binary.Right]);
        }
    }

    private static bool IsNull(ExpressionSyntax syntax) => syntax is LiteralSyntax { Kind: LiteralKind.Null };

    private Scalar? Shift(BinarySyntax binary, ExpressionSyntax operand, IntervalSyntax interval, bool negative)
    {
        var bound = Bind(operand);
        if (bound is null)
            return null;
        if (bound.Type.IsInterval || IntervalLiteral.InUnit(interval) is not var (unit, amount))
            return Bind(interval) is { } constant ? Function(binary.Span, negative ? "-" : "+", [(bound, operand), (constant, interval)]) : null;
        var (symbol, count) = (new LiteralSyntax(interval.Span, LiteralKind.Symbol, unit), Whole(interval.Span, negative ? -amount : amount));
        return Function(binary.Span, "TIMESTAMPADD", [(new ConstantScalar(symbol.Text, SqlType.Null), symbol), (Bind(count)!, count), (bound, operand)]);
    }

    /// <summary>Two rows are equal if all their values are.</summary>
    private Scalar? Rows(BinarySyntax binary, RowSyntax left, RowSyntax right)
    {
        Scalar? all = null;
        foreach (var (first, second) in left.Items.Zip(right.Items))
        {
            if (Bind(new BinarySyntax(binary.Span, "=", binary.OperatorSpan, first, second)) is not { } equal)
                return null;
            all = all is null ? equal : new LogicalScalar(true, all, equal);
        }

        return Negated(binary.Operator == "<>", all);
    }

    private static ExpressionSyntax Whole(TextSpan span, long value)
    {
        var literal = new LiteralSyntax(span, LiteralKind.Number, Math.Abs(value).ToString(CultureInfo.InvariantCulture));
        return value < 0 ? new UnarySyntax(span, "-", literal) : literal;
    }

    private Scalar? Distinct(BinarySyntax binary)
    {
        var left = Bind(binary.Left);
        var right = Bind(binary.Right);
        if (left is null || right is null || Function(binary.OperatorSpan, "<>", [(left, binary.Left), (right, binary.Right)]) is not { } differs)
            return null;
        return new CaseScalar(
            [new IsNullScalar(left), new IsNullScalar(right)],
            [new NotScalar(new IsNullScalar(right)), new ConstantScalar(true, SqlType.Boolean)],
            differs);
    }

    private Scalar? Is(IsSyntax test)
    {
        if (test.Test is "NULL" or "UNKNOWN")
            return Bind(test.Operand) is { } operand ? new IsNullScalar(operand) : null;
        var condition = BindBoolean(test.Operand);
        if (condition is null)
            return null;
        var expected = test.Test == "TRUE" ? condition : new NotScalar(condition);
        return new CoalesceScalar([expected, new ConstantScalar(false, SqlType.Boolean)], SqlType.Boolean);
    }

    private Scalar? In(InSyntax @in)
    {
        var operand = Bind(@in.Operand);
        if (operand is null)
            return null;
        Scalar? any = null;
        foreach (var item in @in.List)
        {
            if (Bind(item) is not { } value || Function(item.Span, "=", [(operand, @in.Operand), (value, item)]) is not { } equal)
                return null;
            any = any is null ? equal : new LogicalScalar(false, any, equal);
        }

        return any;
    }

    private Scalar? Between(BetweenSyntax between)
    {
        var operand = Bind(between.Operand);
        var low = Bind(between.Low);
        var high = Bind(between.High);
        if (operand is null || low is null || high is null)
            return null;
        var above = Function(between.Span, ">=", [(operand, between.Operand), (low, between.Low)]);
        var below = Function(between.Span, "<=", [(operand, between.Operand), (high, between.High)]);
        if (above is null || below is null)
            return null;
        var inOrder = new LogicalScalar(true, above, below);
        if (!between.IsSymmetric)
            return inOrder;
        return Between(between with { Low = between.High, High = between.Low, IsSymmetric = false }) is { } reverse ? new LogicalScalar(false, inOrder, reverse) : null;
    }

    private Scalar? Cast(CastSyntax cast)
    {
        var operand = Bind(cast.Operand);
        var type = TypeBinder.Bind(cast.Type, diagnostics);
        return operand is null || type is null ? null : Convert(operand, type, cast.Span, cast.IsTry, operand.Type.Kind == SqlKind.String ? "; TRY_CAST gives NULL instead" : "");
    }

    private Scalar? Case(CaseSyntax @case)
    {
        var conditions = new List<Scalar?>();
        foreach (var when in @case.Whens)
        {
            ExpressionSyntax Test(ExpressionSyntax value) => @case.Operand is null ? value : new BinarySyntax(value.Span, "=", value.Span, @case.Operand, value);
            conditions.Add(BindBoolean(when.More.Aggregate(Test(when.Condition), (any, value) => new BinarySyntax(value.Span, "OR", value.Span, any, Test(value)))));
        }

        var results = @case.Whens.Select(w => (Scalar: Bind(w.Result), w.Result.Span))
            .Append(@case.Else is null ? (new ConstantScalar(null, SqlType.Null), @case.Span) : (Bind(@case.Else), @case.Else.Span))
            .ToList();
        if (conditions.Contains(null) || Unify(results) is not { } values)
            return null;
        return new CaseScalar(new([.. conditions!]), new([.. values[..^1]]), values[^1]);
    }

    /// <summary>Casts all to their common type.</summary>
    private List<Scalar>? Unify(List<(Scalar? Scalar, TextSpan Span)> values)
    {
        if (values.Exists(v => v.Scalar is null))
            return null;
        var type = SqlType.Null;
        foreach (var (scalar, span) in values)
        {
            if (Casts.CommonType(type, scalar!.Type) is not { } common)
            {
                Error(span, $"this is {scalar.Type}, which does not go with {type}: CAST one to the other's type");
                return null;
            }

            type = common;
        }

        var converted = values.Select(v => Convert(v.Scalar!, type, v.Span)).OfType<Scalar>().ToList();
        return converted.Count == values.Count ? converted : null;
    }

    private Scalar? Call(CallSyntax call)
    {
        var name = call.Name.Text.ToUpperInvariant();
        if (call.Over is not null)
            return Over(call);
        if (settings.Functions.GetValueOrDefault(name) is { IsSystem: true, IsBelow: false } && !AggregateNames.ContainsKey(name))
            return Function(call.Name.Span, name, call.Arguments);
        if (OverBinder.IsWindowFunction(name))
            return Error(call.Name.Span, $"{name} needs a window: {name}(…) OVER (PARTITION BY … ORDER BY …)");
        if (AggregateNames.ContainsKey(name))
            return Aggregate(call);
        if (call.IsDistinct || call.Filter is not null || call.IsStar)
            return !FunctionCatalog.Names.Contains(name) && Spelling.Nearest(name, AggregateNames.Keys) is not null ? Error(call.Name.Span, Unknown(name)) : Error(call.Name.Span, $"{name} is not an aggregate: DISTINCT, FILTER and * do not go with it");
        if (name.Split('_') is [var kind and ("TUMBLE" or "HOP" or "SESSION" or "CUMULATE"), ..] parts && (parts.Length == 1 || (parts.Length == 2 && WindowParts.Contains(parts[1]))))
            return GroupWindowPart(call, kind, parts.Length == 1 ? "START" : parts[1]);
        if (Random.Contains(name))
            return Error(call.Name.Span, $"{name} is not supported: a repeated delivery would give another value");

        switch (name)
        {
            case "UUID": return Uuid(call);
            case "GROUPING" or "GROUPING_ID": return GroupingOf(call, name);
            case "CURRENT_TIMESTAMP" or "NOW" or "PROCTIME" or "CURRENT_ROW_TIMESTAMP": return Clock(call, null);
            case "LOCALTIMESTAMP": return Clock(call, SqlType.Timestamp(3));
            case "CURRENT_DATE": return Clock(call, SqlType.Date);
            case "CURRENT_TIME" or "LOCALTIME": return Clock(call, SqlType.Time());
            case "UNIX_TIMESTAMP" when call.Arguments.Count == 0:
                return Clock(call, null) is { } now ? Function(call.Span, name, [(now, call)]) : null;
            case "CURRENT_WATERMARK":
                diagnostics.Notice(call.Span, "CURRENT_WATERMARK is NULL: no watermark is waited for here, and a late record corrects its rows");
                return Count(call, 1, 1) && Bind(call.Arguments[0]) is { } time ? new ConstantScalar(null, time.Type) : null;
            case "COALESCE" or "IFNULL":
                if (!Count(call, name == "COALESCE" ? 1 : 2, name == "COALESCE" ? int.MaxValue : 2) || Unify([.. call.Arguments.Select(a => (Bind(a), a.Span))]) is not { } values)
                    return null;
                return new CoalesceScalar(new([.. values]), values[0].Type);
            case "NULLIF":
                if (!Count(call, 2, 2) || Bind(call.Arguments[0]) is not { } first || Bind(call.Arguments[1]) is not { } second
                    || Function(call.Span, "=", [(first, call.Arguments[0]), (second, call.Arguments[1])]) is not { } equal)
                    return null;
                return new CaseScalar([equal], [new ConstantScalar(null, first.Type)], first);
            case "IF":
                if (!Count(call, 3, 3))
                    return null;
                var condition = BindBoolean(call.Arguments[0]);
                return Unify([.. call.Arguments.Skip(1).Select(a => (Bind(a), a.Span))]) is { } branches && condition is not null
                    ? new CaseScalar([condition], [branches[0]], branches[1])
                    : null;
            default:
                return Function(call.Name.Span, name, call.Arguments);
        }
    }

    private Scalar? GroupingOf(CallSyntax call, string name)
    {
        if (aggregates is null)
            return Error(call.Name.Span, $"{name} needs GROUP BY");
        var arguments = call.Arguments.Select(Bind).ToList();
        if (arguments.Contains(null))
            return null;
        if (Grouping is null)
            return new ConstantScalar(0L, SqlType.BigInt);
        return Grouping([.. arguments.OfType<Scalar>()]) ?? Error(call.Span, $"{name} takes what GROUP BY groups by");
    }

    private Scalar? GroupWindowPart(CallSyntax call, string kind, string part)
    {
        if (Window is not { } window)
            return Error(call.Name.Span, $"{call.Name.Text.ToUpperInvariant()} needs {kind}(…) in GROUP BY; or read FROM TABLE({kind}(TABLE t, DESCRIPTOR(ts), …)) and group by window_start and window_end");
        if (window.Kind != kind)
            return Error(call.Name.Span, $"{call.Name.Text.ToUpperInvariant()} does not go with {window.Kind} in GROUP BY");
        return part switch
        {
            "START" => window.Start,
            "END" => window.End,
            _ => WindowFunctions.Time(window.End),
        };
    }

    private Scalar? Over(CallSyntax call)
    {
        if (_insideAggregate || Pending is null || place is not ("SELECT" or "QUALIFY" or "ORDER BY"))
            return Error(call.Name.Span, $"{call.Name.Text.ToUpperInvariant()} OVER (…) cannot stand in {(_insideAggregate ? "an aggregate" : place)}; it stands in SELECT, and its result can be used in a query around it");
        return new OverBinder(this, NamedWindows, diagnostics).Bind(call) is { } over ? Pending.Add(over) : null;
    }

    /// <summary>Returns the length of an interval in ticks of 100 ns; null after an error.</summary>
    public long? TicksOf(IntervalSyntax interval)
    {
        var unit = interval.Unit switch
        {
            "MILLISECOND" => TimeSpan.TicksPerMillisecond,
            "SECOND" => TimeSpan.TicksPerSecond,
            "MINUTE" => TimeSpan.TicksPerMinute,
            "HOUR" => TimeSpan.TicksPerHour,
            "DAY" => TimeSpan.TicksPerDay,
            "WEEK" => 7 * TimeSpan.TicksPerDay,
            _ => 0,
        };
        if (unit > 0 && decimal.TryParse(interval.Value.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && amount > 0 && amount * unit <= long.MaxValue)
            return (long)(amount * unit);
        Error(interval.Span, $"INTERVAL '{interval.Value}' {interval.Unit} is no length of time that goes here: write a number of seconds, minutes, hours or days, above zero");
        return null;
    }

    private bool Count(CallSyntax call, int least, int most)
    {
        if (call.Arguments.Count >= least && call.Arguments.Count <= most)
            return true;
        diagnostics.Error(call.Name.Span, $"{call.Name.Text.ToUpperInvariant()} takes {(least == most ? $"{least}" : $"at least {least}")} arguments; got {call.Arguments.Count}");
        return false;
    }

    private Scalar? Uuid(CallSyntax call)
    {
        if (!Count(call, 0, 0))
            return null;
        var isOfGroup = aggregates is not null && !_insideAggregate;
        if ((isOfGroup ? GroupIdentity : RecordIdentity) is not { } identity)
            return Error(call.Span, "UUID() is made of what a record is known by, so that reading it again gives the same, and these rows are not of one record each: call it where the table is read, in a subquery or as a column of the table, id AS UUID()");
        diagnostics.Notice(call.Span, $"UUID() is made of {(isOfGroup ? "the group's key" : "the record's topic, partition and offset")} here, so that reading the records again gives the same");
        // Which call of the script it is, and not at which character it stands: a comment in front of it changes nothing.
        var place = Regex.Count(diagnostics.Source.Text.AsSpan(0, Math.Min(call.Span.Start, diagnostics.Source.Text.Length)), @"\bUUID\s*\(", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
        var texts = identity().Select(part => Convert(part, SqlType.String, call.Span)).ToList();
        return texts.Contains(null) ? null : UuidFunctions.Of(place, texts.OfType<Scalar>());
    }

    private Scalar? Clock(CallSyntax call, SqlType? type)
    {
        if ((_insideAggregate || place is not ("SELECT" or "HAVING") || call.Name.Text.Equals("PROCTIME", StringComparison.OrdinalIgnoreCase)) && RecordTimestamp is { } timestamp)
        {
            if (place is not ("SELECT" or "FOR SYSTEM_TIME AS OF") || _insideAggregate)
                diagnostics.Notice(call.Span, $"{call.Name.Text.ToUpperInvariant()} is the record's own timestamp here, so that reading a record again gives the same table");
            return type is null ? timestamp : Convert(timestamp, type, call.Span);
        }

        if (_insideAggregate || place is not ("SELECT" or "HAVING"))
            return Error(call.Span, $"{call.Name.Text.ToUpperInvariant()} in {(_insideAggregate ? "an aggregate" : place)} would make the result depend on when a record is read; use a column of the record");
        return type is null ? new ClockScalar() : Convert(new ClockScalar(), type, call.Span);
    }

    private Scalar? Aggregate(CallSyntax call)
    {
        var name = call.Name.Text.ToUpperInvariant();
        if (_insideAggregate)
            return Error(call.Name.Span, $"{name} inside an aggregate: aggregates cannot be nested");
        if (aggregates is null)
            return Error(call.Name.Span, $"{name} cannot stand in {place}{(place == "WHERE" ? "; conditions on aggregates belong in HAVING" : "")}");
        if (AggregateOf(call) is not { } aggregate)
            return null;
        var index = aggregates.FindIndex(a => a with { Text = aggregate.Text } == aggregate);
        if (index < 0)
        {
            index = aggregates.Count;
            aggregates.Add(aggregate);
        }

        return new AggregateScalar(index, aggregates[index].Text, aggregate.Type);
    }

    /// <summary>Binds a call of an aggregate function; null after an error.</summary>
    public AggregateCall? AggregateOf(CallSyntax call)
    {
        var name = call.Name.Text.ToUpperInvariant();
        if (!AggregateNames.TryGetValue(name, out var kind))
        {
            Error(call.Name.Span, FunctionCatalog.Names.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"{name} is no function that goes with OVER" : Unknown(name));
            return null;
        }

        var isInside = _insideAggregate;
        // The arguments of a window function may be aggregates; those of an aggregate may not.
        _insideAggregate |= call.Over is null;
        try
        {
            Scalar? argument = null;
            if (call.IsStar && kind != AggregateKind.Count)
                return Fail(call.Span, $"{name}(*) has no meaning; only COUNT takes *");
            string? parameter = null;
            SqlType? ofSeveral = null;
            if (!call.IsStar)
            {
                argument = kind switch
                {
                    AggregateKind.Count when call.Arguments.Count > 1 => Several(call),
                    AggregateKind.ListAgg => Joined(call, out parameter),
                    AggregateKind.ArrayAgg or AggregateKind.JsonArrayAgg or AggregateKind.JsonObjectAgg => Packed(call, out parameter),
                    AggregateKind.Percentile => Ranked(call, out parameter, out ofSeveral),
                    _ => One(call, name),
                };
                if (argument is null)
                    return null;
            }

            var type = AggregateCall.ResultType(kind, argument?.Type ?? SqlType.Null, out var error);
            if (type is null)
                return Fail(call.Arguments[0].Span, error!);

            if (call.Filter is not null)
            {
                if (BindBoolean(call.Filter) is not { } filter)
                    return null;
                // Aggregates skip NULLs, so a filter is an argument that is NULL where the condition is not true.
                argument = argument is null
                    ? new CaseScalar([filter], [new ConstantScalar(true, SqlType.Boolean)], new ConstantScalar(null, SqlType.Boolean))
                    : new CaseScalar([filter], [argument], new ConstantScalar(null, argument.Type));
            }

            // DISTINCT changes nothing for the others.
            var isDistinct = call.IsDistinct || name == "APPROX_COUNT_DISTINCT";
            var ofValues = kind is AggregateKind.Count or AggregateKind.Sum or AggregateKind.Avg or AggregateKind.VarPop or AggregateKind.VarSamp or AggregateKind.StddevPop or AggregateKind.StddevSamp;
            var bound = new AggregateCall(kind, argument, isDistinct && ofValues, ofSeveral ?? type, diagnostics.Source[call.Span].ReplaceLineEndings(" ")) { Parameter = parameter };
            return bound.IsList ? bound with { DropsDuplicates = isDistinct } : bound;
        }
        finally
        {
            _insideAggregate = isInside;
        }

        AggregateCall? Fail(TextSpan span, string message)
        {
            diagnostics.Error(span, message);
            return null;
        }
    }

    /// <summary>LISTAGG's argument and its separator, which is a comma if none is given.</summary>
    private Scalar? Joined(CallSyntax call, out string? separator)
    {
        separator = ",";
        if (!Count(call, 1, 2))
            return null;
        if (call.Arguments.Count == 2)
        {
            if (Bind(call.Arguments[1]) is not ConstantScalar { Value: string text })
                return Error(call.Arguments[1].Span, "LISTAGG takes its separator as a literal: LISTAGG(x, ', ')");
            separator = text;
        }

        return Bind(call.Arguments[0]);
    }

    /// <summary>Arguments as one row, so that NULLs count, and what is said of NULL.</summary>
    private Scalar? Packed(CallSyntax call, out string? nulls)
    {
        nulls = call.Arguments is [.., LiteralSyntax { Kind: LiteralKind.Symbol } symbol] ? symbol.Text : null;
        var arguments = call.Arguments.Take(call.Arguments.Count - (nulls is null ? 0 : 1)).ToList();
        return Function(call.Span, "ROW", arguments);
    }

    /// <summary>PERCENTILE's number, with how often it counts, and the percentages, of which an array may give several.</summary>
    private Scalar? Ranked(CallSyntax call, out string? percentages, out SqlType? type)
    {
        (percentages, type) = (null, null);
        if (!Count(call, 2, 3))
            return null;
        var given = call.Arguments[1] is CallSyntax { Name.Text: var array } several && array.Equals("ARRAY", StringComparison.OrdinalIgnoreCase) ? several.Arguments : [call.Arguments[1]];
        var texts = new List<string>();
        foreach (var item in given)
        {
            var value = Bind(item) switch
            {
                ConstantScalar { Value: long whole } => new Values.Number(whole),
                ConstantScalar { Value: Values.Number number } => number,
                _ => (Values.Number?)null,
            };
            if (value is not { } percentage || percentage.Sign < 0 || percentage.CompareTo(new Values.Number(1L)) > 0)
                return Error(item.Span, "PERCENTILE takes a percentage from 0 to 1 as a literal, or an ARRAY of such");
            texts.Add(percentage.ToString());
        }

        percentages = string.Join(' ', texts);
        type = call.Arguments[1] is CallSyntax ? SqlType.Array(SqlType.Double) : null;
        return Function(call.Span, "ROW", call.Arguments.Count == 2 ? [call.Arguments[0]] : [call.Arguments[0], call.Arguments[2]]);
    }

    private Scalar? One(CallSyntax call, string name)
    {
        if (call.Arguments.Count != 1)
            return Error(call.Name.Span, $"{name} takes one argument; got {call.Arguments.Count}");
        return Bind(call.Arguments[0]);
    }

    /// <summary>Several arguments of COUNT as one, which is NULL if one of them is.</summary>
    private Scalar? Several(CallSyntax call)
    {
        var arguments = call.Arguments.Select(Bind).ToList();
        if (arguments.Contains(null))
            return null;
        return RowFunctions.Row([.. arguments.OfType<Scalar>()]);
    }

    /// <summary>Returns whether two values are equal, as an expression; null after an error.</summary>
    public Scalar? Equal(TextSpan span, (Scalar Scalar, ExpressionSyntax Syntax) left, (Scalar Scalar, ExpressionSyntax Syntax) right) => Function(span, "=", [left, right]);

    private Scalar? Function(TextSpan span, string name, IReadOnlyList<ExpressionSyntax> arguments)
    {
        var bound = new List<(Scalar, ExpressionSyntax)>();
        foreach (var argument in arguments)
        {
            var scalar = argument is LiteralSyntax { Kind: LiteralKind.Symbol } symbol ? new ConstantScalar(symbol.Text, SqlType.Null) : Bind(argument);
            if (scalar is not null)
                bound.Add((scalar, argument));
        }

        if (bound.Count == arguments.Count)
            return Function(span, name, bound);
        // What is wrong with the arguments does not hide that there is no such function.
        return char.IsLetter(name[0]) && !FunctionCatalog.Names.Contains(name, StringComparer.OrdinalIgnoreCase) && Own(name) is null ? Error(span, Unknown(name)) : null;
    }

    /// <summary>The script's function of a name; null if it has none that counts here, or one that nothing here runs.</summary>
    private ScriptFunction? Own(string name) =>
        settings.Functions.GetValueOrDefault(name) is { IsOfAssembly: true, IsBelow: false } own && (own.IsSystem || !FunctionCatalog.Names.Contains(name, StringComparer.OrdinalIgnoreCase)) ? own : null;

    private string Unknown(string name)
    {
        if (settings.Functions.GetValueOrDefault(name) is { } own)
            return own.IsOfAssembly ? $"{name} is created further below; move its CREATE FUNCTION up" : own.ForeignReason(name);
        if (CallAdvice.OfUnknown(name) is { } here)
            return $"there is no function {name} in Flink SQL; write {here}";
        // A name that says itself that it is of a user's own is no slip of the pen.
        var near = name.Split('_').Contains("UDF") || name.Split('_').Contains("UDAF") ? null : Spelling.Nearest(name, FunctionCatalog.Names.Concat(AggregateNames.Keys).Concat(settings.Functions.Keys.Select(k => k.ToUpperInvariant())));
        return $"unknown function {name}{(near is null ? "; one of your own is made in C#, by CREATE FUNCTION … AS 'Class' USING ASSEMBLY 'file.dll'" : $"; did you mean {near}?")}";
    }

    private Scalar? Function(TextSpan span, string name, List<(Scalar Scalar, ExpressionSyntax Syntax)> arguments)
    {
        var seen = arguments.ConvertAll(a => IsSymbol(a.Scalar)
            ? new FunctionArgument(SqlType.Null, Symbol: (string)((ConstantScalar)a.Scalar).Value!)
            : new FunctionArgument(a.Scalar.Type, Constant: a.Scalar is ConstantScalar { Value: string or long } literal
                ? System.Convert.ToString(literal.Value, CultureInfo.InvariantCulture)
                : null) { IsJson = a.Scalar is CallScalar { Function.Name: "JSON_OBJECT" or "JSON_ARRAY" } });
        string? error;
        var own = Own(name);
        // A function that cannot be loaded has said so itself.
        if (own is { Function: null })
            return null;
        var function = own is null ? FunctionCatalog.Resolve(name, seen, settings.Zone, out error) : own.Function.Resolve(seen, out error);
        if (function is null)
        {
            if (error is not null)
                return Error(span, error + CallAdvice.OfArguments(name, seen));
            return Error(span, Unknown(name));
        }

        // Symbols, and constants that were compiled into the function, are no arguments of the call.
        var values = arguments.Where(a => !IsSymbol(a.Scalar)).ToList();
        var symbols = seen.Where(s => s.Symbol is not null).Select(s => s.Symbol!).ToList();
        while (values.Count > function.ParameterTypes.Count && !function.IsVariadic && values.Exists(v => v.Scalar is ConstantScalar))
        {
            var constant = values.FindLastIndex(v => v.Scalar is ConstantScalar);
            symbols.Add(values[constant].Scalar.ToString()!);
            values.RemoveAt(constant);
        }

        var converted = new List<Scalar>();
        for (var i = 0; i < values.Count; i++)
        {
            var type = function.ParameterTypes[Math.Min(i, function.ParameterTypes.Count - 1)];
            var (argument, syntax) = values[i];
            var isComparedText = argument.Type.Kind == SqlKind.String && type.Kind != SqlKind.String && Comparisons.Contains(name);
            var advice = !isComparedText ? ""
                : type.Kind == SqlKind.Timestamp && argument is ConstantScalar { Value: string text } && text.EndsWith('Z') ? $", which it is compared with: a TIMESTAMP has no zone, so leave the Z out"
                : $", which it is compared with: compare with {type}, or CAST the other side to STRING";
            var scalar = argument.Type.Kind == type.Kind && !type.IsNested ? argument : Convert(argument, type, syntax.Span, advice: advice);
            if (scalar is null)
                return null;
            if (isComparedText && scalar is CallScalar { IsCast: true } && argument is not ConstantScalar)
                NoticeCast(syntax, type);
            converted.Add(scalar);
        }

        return Checked(new CallScalar(function, new([.. converted])) { Symbols = new([.. symbols]) }, span, "");
    }

    private void NoticeCast(ExpressionSyntax syntax, SqlType type)
    {
        var text = diagnostics.Source[syntax.Span].ReplaceLineEndings(" ");
        diagnostics.Notice(syntax.Span, $"{text} is STRING and is cast to {type} to be compared: a record whose text is no {type} becomes a dead letter; compare it with a text, or write TRY_CAST({text} AS {type}), which is NULL then");
    }

    private static bool IsSymbol(Scalar scalar) => scalar is ConstantScalar { Value: not null, Type.Kind: SqlKind.Null };
}
