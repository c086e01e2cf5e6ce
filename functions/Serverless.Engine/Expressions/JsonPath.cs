using System.Globalization;
using System.Text.Json;

namespace Serverless.Engine.Expressions;

/// <summary>A path of SQL's JSON functions: <c>$.a['b'][0][*]</c>, <c>lax</c> or <c>strict</c> before it. Flink takes one without either for strict.</summary>
internal sealed class JsonPath
{
    private readonly Step[] _steps;

    private JsonPath(bool isLax, Step[] steps) => (IsLax, _steps) = (isLax, steps);

    /// <summary>Whether what is not there is empty, and no error.</summary>
    public bool IsLax { get; }

    /// <summary>Whether it may find several values.</summary>
    public bool IsOfSeveral => Array.Exists(_steps, s => s.IsAny || s.IsDeep);

    /// <summary>Compiles a path.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static JsonPath Parse(string path)
    {
        var rest = path.AsSpan().Trim();
        var isLax = rest.StartsWith("lax ", StringComparison.OrdinalIgnoreCase);
        if (isLax)
            rest = rest[4..].TrimStart();
        else if (rest.StartsWith("strict ", StringComparison.OrdinalIgnoreCase))
            rest = rest[7..].TrimStart();
        if (rest.Length == 0 || rest[0] != '$')
            throw Bad(path);
        rest = rest[1..];
        var steps = new List<Step>();
        while (rest.Length > 0)
        {
            int end;
            if (rest[0] == '.')
            {
                var isDeep = rest.Length > 1 && rest[1] == '.';
                if (isDeep)
                    rest = rest[1..];
                if (rest.Length > 1 && rest[1] == '[')
                {
                    // A point before a bracket says nothing.
                    if (isDeep)
                        throw Bad(path);
                    rest = rest[1..];
                    continue;
                }

                end = rest[1..].IndexOfAny('.', '[') is var next and >= 0 ? next + 1 : rest.Length;
                var name = rest[1..end].ToString();
                if (name.Length == 0 || name.AsSpan().ContainsAny("?()@"))
                    throw Bad(path);
                steps.Add(name == "*" ? new Step(null, null) { IsAny = true, IsDeep = isDeep } : new Step(name, null) { IsDeep = isDeep });
            }
            else
            {
                if (rest[0] != '[')
                    throw Bad(path);
                if (rest.Length > 1 && rest[1] is '\'' or '"')
                {
                    var quote = rest[1];
                    end = rest[2..].IndexOf(quote) + 2;
                    if (end < 2 || end + 1 >= rest.Length || rest[end + 1] != ']')
                        throw Bad(path);
                    steps.Add(new Step(rest[2..end].ToString(), null));
                    end += 2;
                }
                else
                {
                    end = rest.IndexOf(']') + 1;
                    if (end == 0)
                        throw Bad(path);
                    var inside = rest[1..(end - 1)].Trim();
                    if (inside is "*")
                        steps.Add(new Step(null, null) { IsAny = true });
                    else if (int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
                        steps.Add(new Step(null, index));
                    else
                        throw Bad(path);
                }
            }

            rest = rest[end..];
        }

        return new JsonPath(isLax, [.. steps]);
    }

    /// <summary>Finds the values; null if one is missing on the way, unless there may be several.</summary>
    public IReadOnlyList<JsonElement>? Find(JsonElement root)
    {
        List<JsonElement> found = [root];
        var isOfSeveral = false;
        foreach (var step in _steps)
        {
            isOfSeveral |= step.IsAny || step.IsDeep;
            List<JsonElement> next = [];
            foreach (var value in found)
                step.Take(value, next);
            if (next.Count == 0 && !isOfSeveral)
                return null;
            found = next;
        }

        return found;
    }

    private static FormatException Bad(string path) => new($"the JSON path '{TextTruncation.Text(path)}' is not supported: names, places and * are, as in '$.a.b[0]' and '$.a[*].b'");

    private sealed record Step(string? Name, int? Index)
    {
        public bool IsAny { get; init; }

        public bool IsDeep { get; init; }

        public void Take(JsonElement value, List<JsonElement> found)
        {
            if (IsDeep)
            {
                Here(value, found);
                foreach (var child in Children(value))
                    Take(child, found);
                return;
            }

            Here(value, found);
        }

        private void Here(JsonElement value, List<JsonElement> found)
        {
            if (IsAny)
            {
                found.AddRange(Children(value));
            }
            else if (Name is not null)
            {
                if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(Name, out var member))
                    found.Add(member);
            }
            else if (value.ValueKind == JsonValueKind.Array && Index is { } index)
            {
                var place = index < 0 ? value.GetArrayLength() + index : index;
                if (place >= 0 && place < value.GetArrayLength())
                    found.Add(value[place]);
            }
        }

        private static IEnumerable<JsonElement> Children(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Array => value.EnumerateArray(),
            JsonValueKind.Object => value.EnumerateObject().Select(p => p.Value),
            _ => [],
        };
    }
}
