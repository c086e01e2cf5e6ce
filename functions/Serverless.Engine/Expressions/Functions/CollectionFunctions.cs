using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Functions of arrays and maps. In them NULL is an element like any other, equal to itself.</summary>
internal static class CollectionFunctions
{
    public static void AddTo(FunctionTable table)
    {
        const string arrayAndElement = "an array and a value of its elements' type";
        const string arrays = "arrays of one type";
        AddOfElement("ARRAY_CONTAINS", SqlType.Boolean, (array, element) => array.Any(e => BoxedValues.AreEqual(e, element)));
        AddOfElement("ARRAY_APPEND", null, (array, element) => NestedValue.Of(array.Append(element)));
        AddOfElement("ARRAY_PREPEND", null, (array, element) => NestedValue.Of(array.Prepend(element)));
        AddOfElement("ARRAY_REMOVE", null, (array, element) => NestedValue.Of(array.Where(e => !BoxedValues.AreEqual(e, element))));
        AddOfElement("ARRAY_POSITION", SqlType.Int, (array, element) => element is null ? null : Array.FindIndex(array, e => BoxedValues.AreEqual(e, element)) + 1L);
        AddOfArrays("ARRAY_UNION", 2, 2, all => Distinct(all.SelectMany(a => a)));
        AddOfArrays("ARRAY_CONCAT", 1, int.MaxValue, all => all.SelectMany(a => a));
        AddOfArrays("ARRAY_INTERSECT", 2, 2, all => Distinct(all[0].Where(e => Contains(all[1], e))));
        AddOfArrays("ARRAY_EXCEPT", 2, 2, all => Distinct(all[0].Where(e => !Contains(all[1], e))));
        AddOfArrays("ARRAY_DISTINCT", 1, 1, all => Distinct(all[0]));
        AddOfArrays("ARRAY_REVERSE", 1, 1, all => all[0].Reverse());
        AddExtreme("ARRAY_MAX", 1);
        AddExtreme("ARRAY_MIN", -1);
        table.Add("ARRAY_SLICE", "an array and one or two integers", call =>
            IsArray(call) && call.Count is 2 or 3 && AreIntegers(call, 1)
                ? BoxedFunction.Strict(call.Name, [call.Type(0), .. Enumerable.Repeat(SqlType.BigInt, call.Count - 1)], call.Type(0), a => Slice(ItemsOf(a[0]), (long)a[1], a.Length > 2 ? (long)a[2] : null))
                : null);
        table.Add("ARRAY_SORT", "an array and perhaps whether it ascends, and whether NULL comes first", call =>
            IsArray(call) && call.Count is >= 1 and <= 3 && Enumerable.Range(1, call.Count - 1).All(i => call.Is(i, SqlKind.Boolean)) && !call.Type(0).Element.IsNested
                ? BoxedFunction.Strict(call.Name, [call.Type(0), .. Enumerable.Repeat(SqlType.Boolean, call.Count - 1)], call.Type(0), a => Sort(ItemsOf(a[0]), a.Length < 2 || (bool)a[1], a.Length > 2 ? (bool)a[2] : a.Length < 2 || (bool)a[1]))
                : null);
        table.Add("ARRAY_JOIN", "an array of strings, a separator and perhaps what stands for NULL", call =>
            IsArray(call) && call.Count is 2 or 3 && Enumerable.Range(1, call.Count - 1).All(i => call.Is(i, SqlKind.String)) && call.Type(0).Element.Kind == SqlKind.String
                ? BoxedFunction.Strict(call.Name, [call.Type(0), .. Enumerable.Repeat(SqlType.String, call.Count - 1)], SqlType.String, a => string.Join((string)a[1], ItemsOf(a[0]).Select(e => e ?? (a.Length > 2 ? a[2] : null)).OfType<string>()))
                : null);
        table.Add("MAP_KEYS", "a map", call => OfMap(call, SqlType.Array(KeyOf(call)), map => NestedValue.Of(map.Entries.Select(e => e.Key))));
        table.Add("MAP_VALUES", "a map", call => OfMap(call, SqlType.Array(ValueOf(call)), map => NestedValue.Of(map.Entries.Select(e => e.Value))));
        table.Add("MAP_ENTRIES", "a map", call => OfMap(
            call,
            SqlType.Array(SqlType.Row(new RowField("key", KeyOf(call)), new RowField("value", ValueOf(call)))),
            map => NestedValue.Of(map.Entries.Select(object? (e) => NestedValue.Of([e.Key, e.Value])))));
        table.Add("MAP_FROM_ARRAYS", "an array of keys and one of values", call =>
            call.Count == 2 && IsArray(call) && call.Type(1).Kind == SqlKind.Array
                ? BoxedFunction.Strict(call.Name, [call.Type(0), call.Type(1)], SqlType.Map(call.Type(0).Element, call.Type(1).Element), a => MapOf(ItemsOf(a[0]), ItemsOf(a[1])), canFail: true)
                : null);
        table.Add("MAP_UNION", "maps of one type", call =>
            call.Symbols.Count == 0 && call.Count > 0 && NestedFunctions.CommonType(call.Arguments.Select(a => a.Type)) is { Kind: SqlKind.Map } type
                ? BoxedFunction.Strict(call.Name, [type], type, a => NestedValue.MapOf(a.SelectMany(m => ((NestedValue)m).Entries)))
                : null);
        table.Add("SPLIT", "a string and a separator", new Overload(Split, SqlType.Array(SqlType.String), SqlType.String, SqlType.String));

        void AddOfElement(string name, SqlType? returns, Func<object?[], object?, object?> compute) => table.Add(name, arrayAndElement, call =>
        {
            if (call.Count != 2 || !IsArray(call) || Casts.CommonType(call.Type(0).Element, call.Type(1)) is not { } element)
                return null;
            var array = SqlType.Array(element);
            return BoxedFunction.Of(call.Name, [array, element], returns ?? array, a => a[0] is NestedValue items ? compute(items.Items, a[1]) : null);
        });

        void AddOfArrays(string name, int least, int most, Func<object?[][], IEnumerable<object?>> compute) => table.Add(name, arrays, call =>
            call.Symbols.Count == 0 && call.Count >= least && call.Count <= most && NestedFunctions.CommonType(call.Arguments.Select(a => a.Type)) is { Kind: SqlKind.Array } type
                ? BoxedFunction.Strict(call.Name, [type], type, a => NestedValue.Of(compute(Array.ConvertAll(a, ItemsOf))))
                : null);

        void AddExtreme(string name, int sign) => table.Add(name, "an array", call =>
            call.Count == 1 && IsArray(call) && !call.Type(0).Element.IsNested
                ? BoxedFunction.Strict(call.Name, [call.Type(0)], call.Type(0).Element, a => ItemsOf(a[0]).Where(e => e is not null).Aggregate(
                    (object?)null, (best, e) => best is null || Math.Sign(BoxedValues.Compare(e, best)) == sign ? e : best))
                : null);
    }

    private static bool IsArray(FunctionCall call) => call.Count > 0 && call.Symbols.Count == 0 && call.Type(0).Kind == SqlKind.Array;

    private static bool AreIntegers(FunctionCall call, int from) => Enumerable.Range(from, call.Count - from).All(i => call.Type(i).IsInteger || call.Type(i).Kind == SqlKind.Null);

    private static object?[] ItemsOf(object array) => ((NestedValue)array).Items;

    private static bool Contains(object?[] array, object? element) => Array.Exists(array, e => BoxedValues.AreEqual(e, element));

    private static IEnumerable<object?> Distinct(IEnumerable<object?> items) => items.Select(i => i ?? DBNull.Value).Distinct(BoxedValues.Comparer).Select(i => i is DBNull ? null : i);

    private static ScalarFunction? OfMap(FunctionCall call, SqlType returns, Func<NestedValue, object?> compute) =>
        call.Count == 1 && call.Symbols.Count == 0 && call.Type(0).Kind == SqlKind.Map
            ? BoxedFunction.Strict(call.Name, [call.Type(0)], returns, a => compute((NestedValue)a[0]))
            : null;

    private static SqlType KeyOf(FunctionCall call) => call.Count == 1 && call.Type(0).Kind == SqlKind.Map ? call.Type(0).Element : SqlType.String;

    private static SqlType ValueOf(FunctionCall call) => call.Count == 1 && call.Type(0).Kind == SqlKind.Map ? call.Type(0).Fields[1].Type : SqlType.String;

    private static NestedValue MapOf(object?[] keys, object?[] values) => keys.Length == values.Length
        ? NestedValue.MapOf(keys.Zip(values))
        : throw new EvaluationException($"MAP_FROM_ARRAYS takes as many values as keys; got {keys.Length} keys and {values.Length} values");

    // From one place to another, both counted from 1, or from the end if they are negative; 0 is the beginning.
    private static NestedValue Slice(object?[] items, long start, long? end)
    {
        var from = Place(start);
        var to = end is { } e ? Place(e) : items.Length;
        if (from > to || from > items.Length || to < 1)
            return NestedValue.Of([]);
        return NestedValue.Of(items[(int)(Math.Max(from, 1) - 1)..(int)Math.Min(to, items.Length)]);

        long Place(long place) => place < 0 ? Math.Max(items.Length + place + 1, 0) : place == 0 ? 1 : place;
    }

    private static NestedValue Sort(object?[] items, bool ascends, bool nullsFirst)
    {
        var values = items.Where(i => i is not null);
        var sorted = ascends ? values.OrderBy(v => v, BoxedValues.Order) : values.OrderByDescending(v => v, BoxedValues.Order);
        var nulls = items.Where(i => i is null);
        return NestedValue.Of(nullsFirst ? nulls.Concat(sorted) : sorted.Concat(nulls));
    }

    // An empty separator is between all characters.
    private static NestedValue Split(string text, string separator)
    {
        if (separator.Length > 0)
            return NestedValue.Of(text.Split(separator));
        var characters = new List<object?>();
        for (var at = 0; at < text.Length;)
        {
            var width = CodePoints.Width(text, at);
            characters.Add(text.Substring(at, width));
            at += width;
        }

        return NestedValue.Of(characters);
    }
}
