using System.Text.Json;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.State;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Files;

/// <summary>Row changes as JSON objects.</summary>
public static class JsonRow
{
    /// <summary>Writes the row, or, of a delete, <c>"op": "delete"</c> and its key: the primary key's columns, or <c>"key"</c> without one.</summary>
    public static void Write(Utf8JsonWriter writer, TableDefinition table, RowChange change)
    {
        writer.WriteStartObject();
        if (change.IsDelete)
            writer.WriteString("op", "delete");
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (change.IsDelete && !table.PrimaryKey.Contains(i))
                continue;
            writer.WritePropertyName(table.Columns[i].Name);
            WriteValue(writer, change.Values[i], table.Columns[i].Type);
        }
        if (change.IsDelete && table.PrimaryKey.Count == 0)
            writer.WriteString("key", change.Key);
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value, SqlType type)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool boolean:
                writer.WriteBooleanValue(boolean);
                break;
            case long integer:
                writer.WriteNumberValue(integer);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case Number number:
                writer.WriteRawValue(SqlText.Of(number, type.Scale));
                break;
            case NestedValue nested:
                JsonText.Write(writer, nested, type);
                break;
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                break;
            default:
                writer.WriteStringValue(RowText.Of(value, type));
                break;
        }
    }
}
