using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>What makes arrays, maps and rows, and what takes their parts.</summary>
internal static class NestedFunctions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("ARRAY", "values of one type", call =>
            call.Symbols.Count == 0 && CommonType(call.Arguments.Select(a => a.Type)) is { } element
                ? BoxedFunction.Of(call.Name, Repeated(element, call.Count), SqlType.Array(element), a => NestedValue.Of(a))
                : null);
        table.Add("MAP", "keys of one type and values of one type, in turn", call =>
            call.Symbols.Count == 0 && call.Count > 0 && call.Count % 2 == 0
            && CommonType(Every(call, 0)) is { } key && CommonType(Every(call, 1)) is { } value
                ? BoxedFunction.Of(call.Name, [.. Enumerable.Range(0, call.Count).Select(i => i % 2 == 0 ? key : value)], SqlType.Map(key, value),
                    a => NestedValue.MapOf(a.Chunk(2).Select(e => (e[0], e[1]))))
                : null);
        table.Add("ROW", "values", call =>
            call.Symbols.Count == 0 && call.Count > 0
                ? BoxedFunction.Of(call.Name, [.. call.Arguments.Select(a => a.Type)], SqlType.Row(call.Arguments.Select((a, i) => new RowField($"EXPR${i}", a.Type))), a => NestedValue.Of(a))
                : null);
        table.Add("ITEM", "an array and a number, or a map and a key", ChooseItem);
        table.Add("CARDINALITY", "an array, a map or a multiset", call =>
            call.Count == 1 && call.Symbols.Count == 0 && call.Type(0).Kind is SqlKind.Array or SqlKind.Map or SqlKind.Multiset
                ? BoxedFunction.Strict(call.Name, [call.Type(0)], SqlType.Int, call.Type(0).Kind == SqlKind.Multiset
                    ? a => ((NestedValue)a[0]).Entries.Sum(e => (long)e.Value!)
                    : a => (long)((NestedValue)a[0]).Count)
                : null);
        table.Add("ELEMENT", "an array of one element", call =>
            call.Count == 1 && call.Symbols.Count == 0 && call.Type(0).Kind == SqlKind.Array
                ? BoxedFunction.Strict(call.Name, [call.Type(0)], call.Type(0).Element, a => ((NestedValue)a[0]).Items switch
                {
                    [] => null,
                    [var only] => only,
                    var items => throw new EvaluationException($"ELEMENT takes an array of one element; this has {items.Length}"),
                }, canFail: true)
                : null);
    }

    /// <summary>A field of a row.</summary>
    public static Scalar Field(Scalar row, RowField field)
    {
        var index = row.Type.Fields.ToList().IndexOf(field);
        return new CallScalar(BoxedFunction.Strict("FIELD", [row.Type], field.Type, a => ((NestedValue)a[0]).Items[index]), [row]) { Symbols = [field.Name] };
    }

    /// <summary>The type that all go with; STRING for none, or for nothing but NULLs.</summary>
    public static SqlType? CommonType(IEnumerable<SqlType> types)
    {
        SqlType? common = SqlType.Null;
        foreach (var type in types)
            common = common is null ? null : Casts.CommonType(common, type);
        return common?.Kind == SqlKind.Null ? SqlType.String : common;
    }

    private static IEnumerable<SqlType> Every(FunctionCall call, int second) => call.Arguments.Where((_, i) => i % 2 == second).Select(a => a.Type);

    private static SqlType[] Repeated(SqlType type, int count) => [.. Enumerable.Repeat(type, Math.Max(count, 1))];

    private static ScalarFunction? ChooseItem(FunctionCall call)
    {
        if (call.Count != 2 || call.Symbols.Count > 0)
            return null;
        var type = call.Type(0);
        switch (type.Kind)
        {
            case SqlKind.Array when call.Type(1).IsInteger || call.Type(1).Kind == SqlKind.Null:
                if (call.Arguments[1].Constant is "0")
                    return call.Fail("the elements of an array count from 1");
                return BoxedFunction.Strict(call.Name, [type, SqlType.BigInt], type.Element, a => ElementAt((NestedValue)a[0], (long)a[1]));
            case SqlKind.Map when Casts.CommonType(type.Element, call.Type(1)) is { } key:
                return BoxedFunction.Strict(call.Name, [SqlType.Map(key, type.Fields[1].Type), key], type.Fields[1].Type, a => ((NestedValue)a[0]).TryGet(a[1], out var value) ? value : null);
            case SqlKind.Row when int.TryParse(call.Arguments[1].Constant, out var place) && place >= 1 && place <= type.Fields.Count:
                return BoxedFunction.Strict(call.Name, [type, SqlType.BigInt], type.Fields[place - 1].Type, a => ((NestedValue)a[0]).Items[place - 1]);
            default:
                return type.IsNested ? null : call.Fail($"only arrays and maps have elements; this is {type}");
        }
    }

    // As in Flink, NULL where there is none.
    private static object? ElementAt(NestedValue array, long place) => place >= 1 && place <= array.Items.Length ? array.Items[place - 1] : null;
}
