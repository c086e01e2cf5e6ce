using System.Globalization;
using System.Text;
using System.Text.Json;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>
/// SQL's JSON functions. What they are told of types, of NULL, of what is missing and of what is wrong comes as symbols: <c>RETURNING INT</c>, <c>ON EMPTY DEFAULT</c>.
/// </summary>
internal static class JsonFunctions
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    public static void AddTo(FunctionTable table)
    {
        const string what = "a string and a path as in '$.a.b[0]'";
        table.Add("JSON_VALUE", what, ChooseValue);
        table.Add("JSON_QUERY", what, ChooseQuery);
        table.Add("JSON_EXISTS", what, call =>
            call.Count == 2 && call.AreTexts && call.Compile(1, JsonPath.Parse) is { } paths
                ? BoxedFunction.Of(call.Name, [SqlType.String, SqlType.String], SqlType.Boolean, a => Exists(Find(a[0], a[1], paths), ErrorOf(call)), canFail: true)
                : null);
        table.Add("IS_JSON", "a string", call =>
            call.Count == 1 && call.Symbols.Count == 1 && call.Is(0, SqlKind.String)
                ? BoxedFunction.Of(call.Name, [SqlType.String], SqlType.Boolean, a => a[0] is string text && IsJson(text, call.Symbols[0]))
                : null);
        table.Add("JSON_STRING", "a value", call =>
            call.Count == 1 && call.Symbols.Count == 0 ? BoxedFunction.Strict(call.Name, [call.Type(0)], SqlType.String, a => JsonText.Of(a[0], call.Type(0))) : null);
        table.Add("JSON_OBJECT", "names and values: JSON_OBJECT('a' VALUE 1, …)", call =>
            call.Count % 2 == 0 && Enumerable.Range(0, call.Count / 2).All(i => call.Is(2 * i, SqlKind.String))
                ? BoxedFunction.Of(call.Name, TypesOf(call), SqlType.String, a => ObjectOf(a, call))
                : null);
        table.Add("JSON_ARRAY", "values", call => BoxedFunction.Of(call.Name, TypesOf(call), SqlType.String, a => ArrayOf(a, call)));
        table.Add("JSON_QUOTE", "a string", new Overload(Quote, SqlType.String, SqlType.String));
        table.Add("JSON_UNQUOTE", "a string", new Overload(Unquote, SqlType.String, SqlType.String));
    }

    private static SqlType[] TypesOf(FunctionCall call) => call.Count == 0 ? [SqlType.String] : [.. call.Arguments.Select(a => a.Type)];

    private static bool KeepsNulls(FunctionCall call) => call.Symbols.Contains("NULL ON NULL");

    private static string ErrorOf(FunctionCall call) => call.Symbols.FirstOrDefault(s => s.StartsWith("ON ERROR ", StringComparison.Ordinal))?["ON ERROR ".Length..] ?? "NULL";

    private static string EmptyOf(FunctionCall call) => call.Symbols.FirstOrDefault(s => s.StartsWith("ON EMPTY ", StringComparison.Ordinal))?["ON EMPTY ".Length..] ?? "NULL";

    private static string? ReturningOf(FunctionCall call) => call.Symbols.FirstOrDefault(s => s.StartsWith("RETURNING ", StringComparison.Ordinal))?["RETURNING ".Length..];

    private static ScalarFunction? ChooseValue(FunctionCall call)
    {
        if (call.Count != 4 || !call.Is(0, SqlKind.String) || !call.Is(1, SqlKind.String) || call.Compile(1, JsonPath.Parse) is not { } paths)
            return null;
        var type = ValueType(ReturningOf(call) ?? "STRING");
        if (type is null)
            return call.Fail($"JSON_VALUE returns a string, a BOOLEAN or a number, not {ReturningOf(call)}");
        var (onEmpty, onError) = (EmptyOf(call), ErrorOf(call));
        return BoxedFunction.Of(call.Name, [SqlType.String, SqlType.String, type, type], type, a =>
        {
            if (Find(a[0], a[1], paths) is not { } found)
                return null;
            var error = found.Error;
            if (error is null)
            {
                var isScalar = found.Value is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Array) };
                if (found.Value is null or { ValueKind: JsonValueKind.Null } || (found.IsLax && !isScalar))
                    return onEmpty switch { "DEFAULT" => a[2], "ERROR" => throw new EvaluationException($"JSON_VALUE found nothing at {a[1]}"), _ => null };
                if (!isScalar)
                    error = $"JSON_VALUE found an object or an array at {a[1]}";
                else if (TryScalar(found.Value.Value, type, out var value))
                    return value;
                else
                    error = $"JSON_VALUE found what is no {type} at {a[1]}";
            }

            return onError switch { "DEFAULT" => a[3], "ERROR" => throw new EvaluationException(error), _ => null };
        }, canFail: onEmpty == "ERROR" || onError == "ERROR" || call.Arguments[1].Constant is null);
    }

    private static SqlType? ValueType(string name)
    {
        var arguments = name.IndexOf('(', StringComparison.Ordinal) is var open && open > 0 ? name[(open + 1)..^1].Split(',').Select(int.Parse).ToArray() : [];
        return (open > 0 ? name[..open] : name) switch
        {
            "STRING" or "VARCHAR" or "CHAR" => SqlType.String,
            "BOOLEAN" => SqlType.Boolean,
            "TINYINT" => SqlType.TinyInt,
            "SMALLINT" => SqlType.SmallInt,
            "INT" or "INTEGER" => SqlType.Int,
            "BIGINT" => SqlType.BigInt,
            "FLOAT" => SqlType.Float,
            "DOUBLE" => SqlType.Double,
            "DECIMAL" or "DEC" or "NUMERIC" when arguments is [] or [>= 1 and <= 38] or [>= 1 and <= 38, >= 0] =>
                SqlType.Decimal(arguments.Length > 0 ? arguments[0] : 10, arguments.Length > 1 ? Math.Min(arguments[1], arguments[0]) : 0),
            _ => null,
        };
    }

    private static ScalarFunction? ChooseQuery(FunctionCall call)
    {
        if (call.Count != 2 || !call.AreTexts || call.Compile(1, JsonPath.Parse) is not { } paths)
            return null;
        SqlType? type = ReturningOf(call) switch { null or "STRING" or "VARCHAR" => SqlType.String, "ARRAY<STRING>" or "ARRAY<VARCHAR>" => SqlType.Array(SqlType.String), _ => null };
        if (type is null)
            return call.Fail($"JSON_QUERY returns STRING or ARRAY<STRING>, not {ReturningOf(call)}");
        var (onEmpty, onError) = (EmptyOf(call), ErrorOf(call));
        var wrapper = call.Symbols.First(s => s.StartsWith("WRAPPER ", StringComparison.Ordinal))["WRAPPER ".Length..];
        return BoxedFunction.Of(call.Name, [SqlType.String, SqlType.String], type, a =>
        {
            if (Find(a[0], a[1], paths) is not { } found)
                return null;
            var error = found.Error;
            if (error is null)
            {
                var isNull = found.Value is null or { ValueKind: JsonValueKind.Null };
                var isScalar = !isNull && found.Value is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Array) };
                var text = isNull ? null : Compact(found.Value!.Value);
                if (!isNull && (wrapper == "UNCONDITIONAL" || (wrapper == "CONDITIONAL" && found.Value is not { ValueKind: JsonValueKind.Array })))
                    (text, isScalar) = ($"[{text}]", false);
                if (isNull || (found.IsLax && isScalar))
                    return Instead(onEmpty, $"JSON_QUERY found nothing at {a[1]}", type);
                if (!isScalar)
                    return type.Kind == SqlKind.String ? text : Elements(text!);
                error = $"JSON_QUERY found a scalar at {a[1]}";
            }

            return Instead(onError, error, type);
        }, canFail: onEmpty == "ERROR" || onError == "ERROR" || call.Arguments[1].Constant is null);
    }

    private static object? Instead(string action, string error, SqlType type) => (action, type.Kind) switch
    {
        ("EMPTY ARRAY", SqlKind.String) => "[]",
        ("EMPTY ARRAY", _) => NestedValue.Of([]),
        ("EMPTY OBJECT", SqlKind.String) => "{}",
        ("ERROR", _) => throw new EvaluationException(error),
        _ => null,
    };

    private static bool? Exists(Found? found, string onError)
    {
        if (found is not { } result)
            return null;
        if (result.Error is null)
            return result.Value is not null;
        return onError switch { "TRUE" => true, "FALSE" => false, "ERROR" => throw new EvaluationException(result.Error), _ => null };
    }

    /// <summary>What a path finds; null if the text or the path is NULL.</summary>
    private static Found? Find(object? json, object? path, Compiled<JsonPath> paths)
    {
        if (json is not string text || path is not string pathText)
            return null;
        var steps = paths.Get(pathText);
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return new Found(null, false, $"'{TextTruncation.Text(text)}' is no JSON");
        }

        var values = steps.Find(root);
        if (values is null)
            return steps.IsLax ? new Found(null, true, null) : new Found(null, false, $"there is nothing at {pathText}");
        if (!steps.IsOfSeveral)
            return new Found(values[0], steps.IsLax, null);
        using var array = JsonDocument.Parse($"[{string.Join(',', values.Select(v => v.GetRawText()))}]", Options);
        return new Found(array.RootElement.Clone(), steps.IsLax, null);
    }

    private static bool TryScalar(JsonElement element, SqlType type, out object? value)
    {
        value = null;
        var text = element.ValueKind switch
        {
            JsonValueKind.String => element.GetString()!,
            JsonValueKind.Number => element.GetRawText(),
            JsonValueKind.True => "true",
            _ => "false",
        };
        switch (type.Kind)
        {
            case SqlKind.String:
                value = text;
                return true;
            case SqlKind.Boolean:
                if (!bool.TryParse(text, out var boolean))
                    return false;
                value = boolean;
                return true;
            case SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt:
                if (!Number.TryParse(text, out var whole) || !whole.TryToInt64(out var integer) || !IntegerRange.Of(type.Kind).Contains(integer))
                    return false;
                value = integer;
                return true;
            default:
                if (!Number.TryParse(text, out var number) || !number.TryFit(type, out var fit))
                    return false;
                value = fit;
                return true;
        }
    }

    private static string Compact(JsonElement value) => JsonText.Written(value.WriteTo);

    private static NestedValue Elements(string array)
    {
        using var document = JsonDocument.Parse(array, Options);
        var elements = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray().ToArray() : [document.RootElement];
        return NestedValue.Of(elements.Select(object? (e) => e.ValueKind switch { JsonValueKind.Null => null, JsonValueKind.String => e.GetString(), _ => Compact(e) }));
    }

    private static bool IsJson(string text, string kind)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            var found = document.RootElement.ValueKind;
            return kind switch
            {
                "JSON OBJECT" => found == JsonValueKind.Object,
                "JSON ARRAY" => found == JsonValueKind.Array,
                "JSON SCALAR" => found is not (JsonValueKind.Object or JsonValueKind.Array),
                _ => true,
            };
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string ObjectOf(object?[] values, FunctionCall call) => JsonText.Written(writer =>
    {
        writer.WriteStartObject();
        for (var i = 0; i < call.Count; i += 2)
        {
            if (values[i + 1] is null && !KeepsNulls(call))
                continue;
            writer.WritePropertyName(values[i] as string ?? throw new EvaluationException("the name of a member of JSON_OBJECT is NULL"));
            Item(writer, values[i + 1], call.Arguments[i + 1]);
        }

        writer.WriteEndObject();
    });

    private static string ArrayOf(object?[] values, FunctionCall call) => JsonText.Written(writer =>
    {
        writer.WriteStartArray();
        for (var i = 0; i < call.Count; i++)
            if (values[i] is not null || KeepsNulls(call))
                Item(writer, values[i], call.Arguments[i]);
        writer.WriteEndArray();
    });

    private static void Item(Utf8JsonWriter writer, object? value, FunctionArgument argument)
    {
        if (argument.IsJson && value is string json)
            writer.WriteRawValue(json, skipInputValidation: true);
        else
            JsonText.Write(writer, value, argument.Type);
    }

    private static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var unit in text)
        {
            switch (unit)
            {
                case '"' or '\\' or '/': result.Append('\\').Append(unit); break;
                case '\b': result.Append("\\b"); break;
                case '\f': result.Append("\\f"); break;
                case '\n': result.Append("\\n"); break;
                case '\r': result.Append("\\r"); break;
                case '\t': result.Append("\\t"); break;
                case < ' ' or > '~': result.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"); break;
                default: result.Append(unit); break;
            }
        }

        return result.Append('"').ToString();
    }

    // What is no JSON string stays as it is.
    private static string Unquote(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
            return text;
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.GetString()!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return text;
        }
    }

    private readonly record struct Found(JsonElement? Value, bool IsLax, string? Error);
}
