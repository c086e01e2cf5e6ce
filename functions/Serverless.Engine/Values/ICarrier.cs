namespace Serverless.Engine.Values;

/// <summary>Makes something of the CLR type that carries a type's values: see <see cref="SqlType.ClrType"/>. Reflection would do it anew for each group of a query.</summary>
internal interface ICarrier<out TResult>
{
    /// <summary>Makes it of that type.</summary>
    TResult Of<T>();
}
