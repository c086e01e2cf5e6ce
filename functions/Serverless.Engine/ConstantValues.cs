using System.Globalization;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine;

/// <summary>The few values that an output can have, if literals and WHERE say so: of <c>'a' AS k</c>, or of k under <c>WHERE k IN ('a', 'b')</c>.</summary>
internal static class ConstantValues
{
    /// <summary>Returns the values in a form that is equal if a database may take them for the same; null if they are not known.</summary>
    public static HashSet<string>? Of(Job job, int output)
    {
        var scalar = job.Outputs[output].Replace(s => s is KeyScalar key ? job.Keys[key.Index].Scalar : null);
        var known = Conjuncts(job.Filter).Select(Equations).OfType<(Scalar Scalar, List<ConstantScalar> Values)>().ToList();
        List<Scalar> candidates = [scalar];
        foreach (var (of, values) in known)
            candidates = [.. candidates.SelectMany(c => c.Any(s => s.Equals(of)) ? values.Select(v => c.Replace(s => s.Equals(of) ? v : null)) : [c])];
        if (candidates.Exists(c => c.Any(s => s is LeafScalar and not ConstantScalar)))
            return null;
        try
        {
            return [.. candidates.Select(c => Text(ScalarCompiler.Compile(c, _ => 0).Box(default)))];
        }
        catch (EvaluationException)
        {
            return null;
        }
    }

    private static IEnumerable<Scalar> Conjuncts(Scalar? filter) => filter switch
    {
        null => [],
        LogicalScalar { IsAnd: true } and => Conjuncts(and.Left).Concat(Conjuncts(and.Right)),
        _ => [filter],
    };

    // x = 'a', or x = 'a' OR x = 'b', which is also what IN becomes.
    private static (Scalar, List<ConstantScalar>)? Equations(Scalar condition)
    {
        switch (condition)
        {
            case CallScalar { Function.Name: "=" } equation:
                var (left, right) = (equation.Arguments[0], equation.Arguments[1]);
                return right is ConstantScalar { Value: not null } value ? Of(left, value)
                    : left is ConstantScalar { Value: not null } first ? Of(right, first)
                    : null;
            case LogicalScalar { IsAnd: false } or:
                return Equations(or.Left) is { } one && Equations(or.Right) is { } other && one.Item1.Equals(other.Item1)
                    ? (one.Item1, [.. one.Item2, .. other.Item2])
                    : null;
            default:
                return null;
        }

        // A comparison widens integers: the value is the column's all the same.
        static (Scalar, List<ConstantScalar>) Of(Scalar scalar, ConstantScalar value) =>
            scalar is CallScalar { IsCast: true } cast && cast.Type.IsInteger && cast.Arguments[0].Type is { IsInteger: true } from && from.Kind <= cast.Type.Kind
                ? (cast.Arguments[0], [value with { Type = from }])
                : (scalar, [value]);
    }

    // A collation may take letters of either case, accents, and blanks at the end for the same.
    private static string Text(object? value) => value is string text
        ? new string([.. text.TrimEnd(' ').Normalize(System.Text.NormalizationForm.FormKD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)]).ToUpperInvariant()
        : value is Number number ? number.Normalize().ToString()
        : value is byte[] bytes ? Convert.ToHexString(bytes)
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
