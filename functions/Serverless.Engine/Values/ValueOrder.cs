using System.Runtime.CompilerServices;

namespace Serverless.Engine.Values;

/// <summary>How two values that are not NULL are ordered: texts by code point, as Flink orders their UTF-8 bytes; FALSE before TRUE.</summary>
internal static class ValueOrder<T>
{
    public static int Compare(T left, T right)
    {
        if (typeof(T) == typeof(string))
            return TextOrder.Compare(Unsafe.As<T, string>(ref left), Unsafe.As<T, string>(ref right));
        if (typeof(T) == typeof(NestedValue))
            return NestedValue.Compare(Unsafe.As<T, NestedValue>(ref left), Unsafe.As<T, NestedValue>(ref right));
        return Comparer<T>.Default.Compare(left, right);
    }
}
