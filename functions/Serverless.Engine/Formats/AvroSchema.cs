using System.Text.Json;
using System.Text.Json.Nodes;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>The kinds of Avro type.</summary>
public enum AvroKind
{
#pragma warning disable CS1591 // The names say it all.
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Record,
    Enum,
    Array,
    Map,
    Union,
    Fixed,
#pragma warning restore CS1591
}

/// <summary>A schema of Avro, as its JSON says it.</summary>
public sealed class AvroSchema
{
    private const int Deepest = 100;

    private AvroSchema(AvroKind kind) => Kind = kind;

    /// <summary>The kind of type.</summary>
    public AvroKind Kind { get; }

    /// <summary><c>decimal</c>, <c>date</c>, <c>timestamp-millis</c>…; null without one.</summary>
    public string? Logical { get; private init; }

    /// <summary>The scale of a <c>decimal</c>.</summary>
    public int Scale { get; private init; }

    /// <summary>The fields of a record.</summary>
    public IReadOnlyList<(string Name, AvroSchema Type)> Fields { get; private set; } = [];

    /// <summary>The branches of a union; the type of an array's items or a map's values.</summary>
    public IReadOnlyList<AvroSchema> Branches { get; private set; } = [];

    /// <summary>The symbols of an enum.</summary>
    public IReadOnlyList<string> Symbols { get; private init; } = [];

    /// <summary>The size of a fixed.</summary>
    public int Size { get; private init; }

    /// <summary>The schema as JSON.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Reads a schema.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static AvroSchema Parse(string json)
    {
        try
        {
            return Read(JsonNode.Parse(json), [], "", json, 0);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("it is no schema of Avro", e);
        }
    }

    /// <summary>Returns the schema that Flink makes of a table's columns.</summary>
    public static AvroSchema Of(IEnumerable<TableColumn> columns)
    {
        var fields = new JsonArray();
        foreach (var column in columns)
        {
            var type = TypeOf(column.Type, column.Name);
            var field = new JsonObject { ["name"] = column.Name, ["type"] = column.IsNotNull ? type : new JsonArray("null", type) };
            if (!column.IsNotNull)
                field["default"] = null;
            fields.Add(field);
        }

        return Parse(new JsonObject { ["type"] = "record", ["name"] = "record", ["namespace"] = "org.apache.flink.avro.generated", ["fields"] = fields }.ToJsonString());
    }

    private static JsonNode TypeOf(SqlType type, string name) => type.Kind switch
    {
        SqlKind.Boolean => "boolean",
        SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int => "int",
        SqlKind.BigInt => "long",
        SqlKind.Float => "float",
        SqlKind.Double => "double",
        SqlKind.Bytes => "bytes",
        SqlKind.Decimal => new JsonObject { ["type"] = "bytes", ["logicalType"] = "decimal", ["precision"] = type.Length, ["scale"] = type.Scale },
        SqlKind.Date => new JsonObject { ["type"] = "int", ["logicalType"] = "date" },
        SqlKind.Time => new JsonObject { ["type"] = "int", ["logicalType"] = "time-millis" },
        SqlKind.Timestamp or SqlKind.TimestampLtz => new JsonObject { ["type"] = "long", ["logicalType"] = type.Length <= 3 ? "timestamp-millis" : "timestamp-micros" },
        SqlKind.Row => new JsonObject
        {
            ["type"] = "record",
            ["name"] = $"record_{name}",
            ["fields"] = new JsonArray([.. type.Fields.Select(f => new JsonObject { ["name"] = f.Name, ["type"] = new JsonArray("null", TypeOf(f.Type, $"{name}_{f.Name}")), ["default"] = null })]),
        },
        SqlKind.Array => new JsonObject { ["type"] = "array", ["items"] = new JsonArray("null", TypeOf(type.Element, name)) },
        SqlKind.Map => new JsonObject { ["type"] = "map", ["values"] = new JsonArray("null", TypeOf(type.Fields[1].Type, name)) },
        _ => "string",
    };

    private static AvroSchema Read(JsonNode? node, Dictionary<string, AvroSchema> named, string space, string text, int depth)
    {
        if (depth > Deepest)
            throw new FormatException("its types are too deep");
        switch (node)
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                var name = value.GetValue<string>();
                return Primitive(name, null, 0) ?? named.GetValueOrDefault(FullName(name, space)) ?? named.GetValueOrDefault(name)
                    ?? throw new FormatException($"it names a type '{name}' that it does not have");
            case JsonArray union:
                return new AvroSchema(AvroKind.Union) { Branches = [.. union.Select(b => Read(b, named, space, "", depth + 1))], Text = text };
            case JsonObject type:
                return Complex(type, named, space, text, depth);
            default:
                throw new FormatException("it is no schema of Avro");
        }
    }

    private static AvroSchema Complex(JsonObject node, Dictionary<string, AvroSchema> named, string space, string text, int depth)
    {
        if (node["type"] is not JsonValue { } typeNode || typeNode.GetValueKind() != JsonValueKind.String)
            return Read(node["type"], named, space, text, depth + 1);
        var type = typeNode.GetValue<string>();
        var logical = node["logicalType"] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        var scale = node["scale"]?.GetValue<int>() ?? 0;
        if (Primitive(type, logical, scale, text) is { } primitive)
            return primitive;
        switch (type)
        {
            case "array":
                return new AvroSchema(AvroKind.Array) { Branches = [Read(node["items"], named, space, "", depth + 1)], Text = text };
            case "map":
                return new AvroSchema(AvroKind.Map) { Branches = [Read(node["values"], named, space, "", depth + 1)], Text = text };
            case "record" or "error" or "enum" or "fixed":
                break;
            default:
                return Read(typeNode, named, space, text, depth + 1);
        }

        var own = node["namespace"]?.GetValue<string>() ?? space;
        var name = FullName(node["name"]!.GetValue<string>(), own);
        if (name.LastIndexOf('.') is var dot and > 0)
            own = name[..dot];
        var schema = type switch
        {
            "enum" => new AvroSchema(AvroKind.Enum) { Symbols = [.. node["symbols"]!.AsArray().Select(s => s!.GetValue<string>())], Text = text },
            "fixed" => new AvroSchema(AvroKind.Fixed) { Size = node["size"]!.GetValue<int>(), Logical = logical, Scale = scale, Text = text },
            _ => new AvroSchema(AvroKind.Record) { Text = text },
        };
        named[name] = schema;
        if (schema.Kind == AvroKind.Record)
            schema.Fields = [.. node["fields"]!.AsArray().Select(f => (f!["name"]!.GetValue<string>(), Read(f["type"], named, own, "", depth + 1)))];
        return schema;
    }

    private static string FullName(string name, string space) => name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";

    private static AvroSchema? Primitive(string name, string? logical, int scale, string text = "")
    {
        AvroKind? kind = name switch
        {
            "null" => AvroKind.Null,
            "boolean" => AvroKind.Boolean,
            "int" => AvroKind.Int,
            "long" => AvroKind.Long,
            "float" => AvroKind.Float,
            "double" => AvroKind.Double,
            "bytes" => AvroKind.Bytes,
            "string" => AvroKind.String,
            _ => null,
        };
        return kind is { } known ? new AvroSchema(known) { Logical = logical, Scale = scale, Text = text.Length == 0 ? $"\"{name}\"" : text } : null;
    }
}
