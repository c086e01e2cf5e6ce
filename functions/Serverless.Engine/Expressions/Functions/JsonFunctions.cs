using System.Globalization;
using System.Text.Json;
using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary><c>JSON_VALUE(text, '$.a.b[0]')</c>.</summary>
internal static class JsonFunctions
{
    public static void AddTo(FunctionTable table) => table.Add("JSON_VALUE", "a string and a path as in '$.a.b[0]'", call =>
        call.Count == 2 && call.Symbols.Count == 0 && call.AreTexts && call.Compile(1, ParsePath) is { } paths
            ? call.MakeOfTexts(ValueAt, SqlType.String, call.Arguments[1].Constant is null, paths)
            : null);

    // NULL where there is no such value, where it is an object or an array, and where the text is no JSON.
    private static string? ValueAt(Compiled<object[]> paths, string json, string path)
    {
        var steps = paths.Get(path);
        try
        {
            using var document = JsonDocument.Parse(json);
            var value = document.RootElement;
            foreach (var step in steps)
            {
                if (step is string name)
                {
                    if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                        return null;
                }
                else if (value.ValueKind == JsonValueKind.Array && (int)step < value.GetArrayLength())
                {
                    value = value[(int)step];
                }
                else
                {
                    return null;
                }
            }

            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                JsonValueKind.True => "true",
                JsonValueKind.False => "false",
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Names and indexes, in order.
    private static object[] ParsePath(string path)
    {
        var rest = path.AsSpan().Trim();
        if (rest.StartsWith("lax ", StringComparison.OrdinalIgnoreCase))
            rest = rest[4..].TrimStart();
        if (rest.Length == 0 || rest[0] != '$')
            throw Bad(path);
        rest = rest[1..];
        var steps = new List<object>();
        while (rest.Length > 0)
        {
            int end;
            if (rest[0] == '.')
            {
                end = rest[1..].IndexOfAny('.', '[') is var next and >= 0 ? next + 1 : rest.Length;
                if (end == 1 || rest[1..end].ContainsAny('*', ' ', '?'))
                    throw Bad(path);
                steps.Add(rest[1..end].ToString());
            }
            else
            {
                end = rest.IndexOf(']') + 1;
                if (rest[0] != '[' || end == 0)
                    throw Bad(path);
                var inside = rest[1..(end - 1)];
                if (inside.Length > 2 && inside[0] == '\'' && inside[^1] == '\'')
                    steps.Add(inside[1..^1].ToString());
                else if (int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                    steps.Add(index);
                else
                    throw Bad(path);
            }

            rest = rest[end..];
        }

        return [.. steps];
    }

    private static FormatException Bad(string path) => new($"the JSON path '{TextTruncation.Text(path)}' is not supported: only names and indexes are, as in '$.a.b[0]'");
}
