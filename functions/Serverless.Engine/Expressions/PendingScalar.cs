using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>The result of a window function or of a subquery, for as long as it has no column: the binder makes one, and puts it in its place.</summary>
internal sealed record PendingScalar(int Index, string Name, SqlType Type) : LeafScalar(Type)
{
    /// <inheritdoc />
    public override string ToString() => Name;
}
