using Serverless.Engine.Expressions;

namespace Serverless.Engine.State;

/// <summary>Decides by HAVING whether a group, or one of its buckets, has a row. In a job of several stages HAVING is a <see cref="Plans.FilterRelation"/>.</summary>
/// <param name="having">The condition, over the group's key, its aggregates and the clock; null for none.</param>
internal sealed class HavingFilter(Evaluator<bool?>? having)
{
    /// <summary>Returns whether there is a row: NULL is no, as in WHERE.</summary>
    public bool Passes(in EvaluationInput input) => having is null || having.Value(input) is true;
}
