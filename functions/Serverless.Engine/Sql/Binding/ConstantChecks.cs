using Serverless.Engine.Expressions;

namespace Serverless.Engine.Sql.Binding;

/// <summary>
/// Evaluates calls whose arguments are literals, or calls of literals: one that fails would fail for each record alike, so it is an error of the script.
/// </summary>
internal sealed class ConstantChecks
{
    // The value of each constant call; null if it fails. Parts are evaluated once, so that a long chain takes time by its length.
    private readonly Dictionary<Scalar, ConstantScalar?> _values = new(ReferenceEqualityComparer.Instance);

    /// <summary>Evaluates a call if it is constant.</summary>
    /// <returns>Why it fails; null if it does not, if it is not constant, or if a part of it fails, which was said of that part.</returns>
    public string? FailureOf(CallScalar call)
    {
        if (call.Any(s => s is LeafScalar and not ConstantScalar || (_values.TryGetValue(s, out var part) && part is null)))
            return null;
        var folded = call with { Arguments = new([.. call.Arguments.Select(a => _values.GetValueOrDefault(a) ?? a)]) };
        try
        {
            _values[call] = new ConstantScalar(ScalarCompiler.Compile(folded, _ => 0).Box(default), call.Type);
            return null;
        }
        catch (EvaluationException e)
        {
            _values[call] = null;
            return e.Message;
        }
    }
}
