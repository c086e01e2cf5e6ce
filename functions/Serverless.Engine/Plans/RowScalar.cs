using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Plans;

/// <summary>A column of type <c>ROW</c> before it is known whether it is read whole, or only some of its fields.</summary>
internal sealed record RowScalar(ScanRelation Source, ValueList<string> Path, SqlType Type) : LeafScalar(Type)
{
    /// <summary>Returns an expression as one that has a value: a row with all its fields.</summary>
    public static Scalar Whole(Scalar scalar) => scalar is RowScalar row ? row.Source.UseWhole(row.Path, row.Type) : scalar;
}
