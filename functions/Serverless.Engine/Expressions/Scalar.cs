using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>A bound scalar expression: names resolved, types known, casts made explicit. Two are equal when they compute the same.</summary>
/// <param name="Type">The type of its value.</param>
public abstract record Scalar(SqlType Type)
{
    /// <summary>The expressions it is made of.</summary>
    internal abstract IReadOnlyList<Scalar> Children { get; }

    /// <summary>The same expression over other children.</summary>
    internal abstract Scalar With(IReadOnlyList<Scalar> children);

    /// <summary>Whether the expression, or one it is made of, satisfies a condition.</summary>
    internal bool Any(Func<Scalar, bool> condition) => condition(this) || Children.Any(c => c.Any(condition));

    /// <summary>Replaces, from the root down, every expression for which <paramref name="replace"/> has another.</summary>
    internal Scalar Replace(Func<Scalar, Scalar?> replace)
    {
        if (replace(this) is { } other)
            return other;
        return Children.Count == 0 ? this : With([.. Children.Select(c => c.Replace(replace))]);
    }

    /// <summary>Whether some non-null input makes the evaluation fail.</summary>
    internal bool CanFail => this switch
    {
        TryScalar => false,
        CallScalar call => call.Function.CanFail || call.Arguments.Any(a => a.CanFail),
        _ => Children.Any(c => c.CanFail),
    };
}

/// <summary>An expression without children.</summary>
public abstract record LeafScalar(SqlType Type) : Scalar(Type)
{
    internal override IReadOnlyList<Scalar> Children => [];

    internal override Scalar With(IReadOnlyList<Scalar> children) => this;
}

/// <summary>A literal. The value is of the non-null CLR type of <see cref="Scalar.Type"/>, or null.</summary>
public sealed record ConstantScalar(object? Value, SqlType Type) : LeafScalar(Type)
{
    /// <inheritdoc />
    public override string ToString() => PlanText.Literal(Value);
}

/// <summary>A column: of a relation, by its number; of a job's source, by its place among the fields that are decoded.</summary>
/// <param name="Index">The number, or the place.</param>
/// <param name="Name">Its name, for plans and errors.</param>
/// <param name="Type">Its type.</param>
public sealed record ColumnScalar(int Index, string Name, SqlType Type) : LeafScalar(Type)
{
    /// <summary>Where the script names it; no part of what it is.</summary>
    internal TextSpan Span { get; init; }

    /// <inheritdoc />
    public bool Equals(ColumnScalar? other) => other is not null && other.Index == Index;

    /// <inheritdoc />
    public override int GetHashCode() => Index;

    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>A value of the group's key.</summary>
public sealed record KeyScalar(int Index, string Name, SqlType Type) : LeafScalar(Type)
{
    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>An aggregate's result.</summary>
public sealed record AggregateScalar(int Index, string Name, SqlType Type) : LeafScalar(Type)
{
    /// <inheritdoc />
    public override string ToString() => Name;
}

/// <summary>The timeline's bucket that a row belongs to.</summary>
public sealed record BucketScalar(SqlType Type) : LeafScalar(Type)
{
    /// <inheritdoc />
    public override string ToString() => "bucket";
}

/// <summary><c>CURRENT_TIMESTAMP</c>: the clock the host passes in when the row is made.</summary>
public sealed record ClockScalar() : LeafScalar(SqlType.TimestampLtz(3))
{
    /// <inheritdoc />
    public override string ToString() => "CURRENT_TIMESTAMP";
}

/// <summary>A call of a function, an operator or a cast.</summary>
public sealed record CallScalar(ScalarFunction Function, ValueList<Scalar> Arguments) : Scalar(Function.ReturnType)
{
    internal override IReadOnlyList<Scalar> Children => Arguments;

    /// <summary>The text of a symbol or constant that went into <see cref="ScalarFunction.Constant"/>; tells <c>DATE_FORMAT(x, 'HH')</c> from <c>DATE_FORMAT(x, 'mm')</c>.</summary>
    internal ValueList<string> Symbols { get; init; } = [];

    internal override Scalar With(IReadOnlyList<Scalar> children) => this with { Arguments = new([.. children]) };

    internal bool IsCast => Function.Name == "CAST";

    /// <inheritdoc />
    public bool Equals(CallScalar? other) =>
        other is not null && other.Function.Name == Function.Name && other.Type == Type && other.Function.Method == Function.Method && other.Function.Identity == Function.Identity
        && other.Arguments.Equals(Arguments) && other.Symbols.Equals(Symbols);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Function.Name, Arguments);

    /// <inheritdoc />
    public override string ToString() => PlanText.Call(this);
}

/// <summary>An expression whose failure is NULL: <c>TRY_CAST</c>.</summary>
public sealed record TryScalar(Scalar Operand) : Scalar(Operand.Type)
{
    internal override IReadOnlyList<Scalar> Children => [Operand];

    internal override Scalar With(IReadOnlyList<Scalar> children) => new TryScalar(children[0]);

    /// <inheritdoc />
    public override string ToString() => $"TRY_{Operand}";
}

/// <summary><c>AND</c> or <c>OR</c> with SQL's three values; the right side is not evaluated where the left one decides.</summary>
public sealed record LogicalScalar(bool IsAnd, Scalar Left, Scalar Right) : Scalar(SqlType.Boolean)
{
    internal override IReadOnlyList<Scalar> Children => [Left, Right];

    internal override Scalar With(IReadOnlyList<Scalar> children) => this with { Left = children[0], Right = children[1] };

    /// <inheritdoc />
    public override string ToString() => $"({Left} {(IsAnd ? "AND" : "OR")} {Right})";
}

/// <summary><c>NOT</c>: NULL stays NULL.</summary>
public sealed record NotScalar(Scalar Operand) : Scalar(SqlType.Boolean)
{
    internal override IReadOnlyList<Scalar> Children => [Operand];

    internal override Scalar With(IReadOnlyList<Scalar> children) => new NotScalar(children[0]);

    /// <inheritdoc />
    public override string ToString() => $"NOT {Operand}";
}

/// <summary><c>IS NULL</c>.</summary>
public sealed record IsNullScalar(Scalar Operand) : Scalar(SqlType.Boolean)
{
    internal override IReadOnlyList<Scalar> Children => [Operand];

    internal override Scalar With(IReadOnlyList<Scalar> children) => new IsNullScalar(children[0]);

    /// <inheritdoc />
    public override string ToString() => $"{Operand} IS NULL";
}

/// <summary>The first of several values of one type that is not NULL.</summary>
public sealed record CoalesceScalar(ValueList<Scalar> Arguments, SqlType Type) : Scalar(Type)
{
    internal override IReadOnlyList<Scalar> Children => Arguments;

    internal override Scalar With(IReadOnlyList<Scalar> children) => this with { Arguments = new([.. children]) };

    /// <inheritdoc />
    public override string ToString() => $"COALESCE({string.Join(", ", Arguments)})";
}

/// <summary><c>CASE</c>: conditions and results in turn, then what is left when none is true.</summary>
public sealed record CaseScalar(ValueList<Scalar> Conditions, ValueList<Scalar> Results, Scalar Else) : Scalar(Else.Type)
{
    internal override IReadOnlyList<Scalar> Children => [.. Conditions, .. Results, Else];

    internal override Scalar With(IReadOnlyList<Scalar> children)
    {
        var n = Conditions.Count;
        return new CaseScalar(new([.. children.Take(n)]), new([.. children.Skip(n).Take(n)]), children[^1]);
    }

    /// <inheritdoc />
    public override string ToString() =>
        $"CASE {string.Join(" ", Conditions.Zip(Results, (c, r) => $"WHEN {c} THEN {r}"))} ELSE {Else} END";
}
