using System.Linq.Expressions;
using System.Text;
using Serverless.Engine.Expressions.Functions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions;

/// <summary>Casts of ARRAY, MAP, MULTISET and ROW: part by part, and to text as Flink prints them.</summary>
internal static class NestedCasts
{
    /// <inheritdoc cref="Casts.Find" />
    public static ScalarFunction? Find(SqlType from, SqlType to, TimeZoneInfo zone)
    {
        if (to.Kind == SqlKind.String)
        {
            var target = new CastTarget(from, to, zone);
            return BoxedFunction.Strict("CAST", [from], to, a => target.Clip(Text(a[0], from, zone)));
        }

        if (from.Kind != to.Kind || from.Fields.Count != to.Fields.Count || !from.IsNested)
            return null;
        var parts = from.Fields.Zip(to.Fields).Select(f => Part(f.First.Type, f.Second.Type, zone)).ToArray();
        if (parts.Any(p => p.Convert is null))
            return null;
        return BoxedFunction.Strict("CAST", [from], to, a =>
        {
            var value = (NestedValue)a[0];
            return new NestedValue(value.IsMap, [.. value.Items.Select((item, i) => parts[to.Kind == SqlKind.Row || value.IsMap ? i % parts.Length : 0].Convert!(item))]);
        }, parts.Any(p => p.CanFail));
    }

    /// <inheritdoc cref="Casts.CommonType" />
    public static SqlType? CommonType(SqlType left, SqlType right)
    {
        if (left.Kind != right.Kind || left.Fields.Count != right.Fields.Count)
            return null;
        var types = left.Fields.Zip(right.Fields).Select(f => Casts.CommonType(f.First.Type, f.Second.Type)).ToList();
        return types.Contains(null) ? null : left with { Fields = new([.. left.Fields.Zip(types, (f, t) => f with { Type = t! })]) };
    }

    /// <summary>A value as Flink casts it to text: <c>[1, 2]</c>, <c>{a=1, b=2}</c>, <c>(1, x)</c>.</summary>
    public static string Text(object? value, SqlType type, TimeZoneInfo zone)
    {
        if (value is null)
            return "NULL";
        if (value is not NestedValue nested)
            return (string)Converter(Casts.Find(type, SqlType.String, zone)!)(value)!;
        var text = new StringBuilder();
        if (nested.IsMap)
            return text.Append('{').AppendJoin(", ", nested.Entries.Select(e => $"{Text(e.Key, type.Element, zone)}={Text(e.Value, type.Fields[1].Type, zone)}")).Append('}').ToString();
        var isRow = type.Kind == SqlKind.Row;
        return text.Append(isRow ? '(' : '[')
            .AppendJoin(", ", nested.Items.Select((item, i) => Text(item, isRow ? type.Fields[i].Type : type.Element, zone)))
            .Append(isRow ? ')' : ']').ToString();
    }

    /// <summary>What casts a value in a box; null if there is no such cast.</summary>
    public static (Func<object?, object?>? Convert, bool CanFail) Part(SqlType from, SqlType to, TimeZoneInfo zone)
    {
        if (from == to || from.Kind == SqlKind.Null)
            return (value => value, false);
        return Casts.Find(from, to, zone) is { } function ? (Converter(function), function.CanFail) : (null, false);
    }

    private static Func<object?, object?> Converter(ScalarFunction function)
    {
        var value = Expression.Parameter(typeof(object));
        var parameters = function.Method.GetParameters();
        var arguments = new List<Expression>();
        if (function.Constant is not null)
            arguments.Add(Expression.Constant(function.Constant, parameters[0].ParameterType));
        arguments.Add(function.IsVariadic ? Expression.NewArrayInit(typeof(object), value) : Expression.Convert(value, parameters[^1].ParameterType));
        var convert = Expression.Lambda<Func<object, object?>>(Expression.Convert(Expression.Call(function.Method, arguments), typeof(object)), value).Compile();
        return v => v is null ? null : convert(v);
    }
}
