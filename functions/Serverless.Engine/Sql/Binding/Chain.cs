using System.Reflection;
using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A part of a sink's key that follows <c>MAX(x)</c>: x, the casts that parse it, and what the key shows of it.</summary>
/// <param name="Output">The whole expression.</param>
/// <param name="Aggregate">The index of <c>MAX(x)</c>.</param>
/// <param name="Base"><c>MAX(x)</c> with the casts that parse it: what buckets are ordered by.</param>
/// <param name="Shown">What is left of it in the key: a date format, a whole day, or all (null).</param>
internal sealed record Chain(Scalar Output, int Aggregate, Scalar Base, DateFormat? Shown)
{
    private static readonly DateFormat WholeDay = DateFormat.Parse("yyyy-MM-dd");

    private static readonly MethodInfo CutMethod = typeof(Chain).GetMethod(nameof(Cut), BindingFlags.Static | BindingFlags.NonPublic)!;

    public static Chain? Of(Scalar output, IReadOnlyList<AggregateCall> aggregates)
    {
        // From the outside in, down to the aggregate; every step has one operand that matters.
        var steps = new Stack<Scalar>();
        var value = output;
        while (value is not AggregateScalar)
        {
            steps.Push(value);
            if (value is TryScalar)
                value = value.Children[0];
            else if (value is CallScalar call && (call.IsCast || call.Function.Name == "DATE_FORMAT") && call.Arguments.Skip(1).All(a => a is ConstantScalar))
                value = call.Arguments[0];
            else
                return null;
        }

        var index = ((AggregateScalar)value).Index;
        if (aggregates[index] is not { Kind: AggregateKind.Max, Argument: not null })
            return null;

        // Casts parse until the first step that shows only a part: that step decides how fine the buckets are.
        while (steps.TryPop(out var step))
        {
            var call = step as CallScalar ?? (CallScalar)((TryScalar)step).Operand;
            if (!call.IsCast)
                return call.Arguments[1] is ConstantScalar { Value: string pattern } ? new Chain(output, index, value, DateFormat.Parse(pattern)) : null;
            if (call.Type.Kind == SqlKind.Date && value.Type.Kind is SqlKind.Timestamp or SqlKind.TimestampLtz)
                return new Chain(output, index, value, WholeDay);
            if (call.Type.Kind == SqlKind.String && value.Type.Kind != SqlKind.String)
                return new Chain(output, index, value, null);
            value = step;
        }

        return new Chain(output, index, value, null);
    }

    /// <summary>What a bucket is, in words.</summary>
    public static string Describe(IReadOnlyList<Chain> chains) => Finest(chains) is { } format ? format.FinestUnit.ToString().ToLowerInvariant() : "value";

    /// <summary>x as a timestamp, cut to the finest of what the chains show; x as it is where they show all of it.</summary>
    public static Scalar Truncate(Scalar parsed, IReadOnlyList<Chain> chains, JobSettings settings)
    {
        if (Finest(chains) is not { } format)
            return parsed;
        var local = parsed.Type.Kind == SqlKind.Timestamp ? parsed : Cast(parsed, SqlType.Timestamp(6), settings);
        return new CallScalar(new ScalarFunction("BUCKET", CutMethod, [local.Type], local.Type, Constant: format), [local])
        {
            Symbols = [format.FinestUnit.ToString().ToUpperInvariant()],
        };
    }

    /// <summary>The bucket as the type that the chain goes on from.</summary>
    public Scalar From(BucketScalar bucket, JobSettings settings) => bucket.Type.Kind == Base.Type.Kind ? bucket : Cast(bucket, Base.Type, settings);

    private static CallScalar Cast(Scalar scalar, SqlType type, JobSettings settings) => new(Casts.Find(scalar.Type, type, settings.Zone)!, [scalar]);

    private static DateFormat? Finest(IReadOnlyList<Chain> chains) =>
        chains.Any(c => c.Shown is null) ? null : chains.Select(c => c.Shown).MaxBy(f => (f!.FinestUnit, f.FractionDigits));

    private static DateTime Cut(DateFormat format, DateTime value) => format.Truncate(value);
}
