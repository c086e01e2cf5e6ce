using System.Globalization;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Aggregates;

/// <summary>What LISTAGG, COLLECT, ARRAY_AGG, JSON_OBJECTAGG, JSON_ARRAYAGG and PERCENTILE make of the values of a group.</summary>
internal static class ListResult
{
    /// <summary>The value of a row of one that stands for a value that may be NULL.</summary>
    public static SqlType? Only(SqlType row) => row.Kind == SqlKind.Row && row.Fields.Count == 1 ? row.Fields[0].Type : null;

    /// <summary>Appends the result.</summary>
    public static void Append(AggregateCall call, IEnumerable<object> values, Column output)
    {
        if (call.DropsDuplicates)
            values = values.Distinct(BoxedValues.Comparer);
        var all = values.ToList();
        output.AppendBoxed(all.Count == 0 ? null : Of(call, all));
    }

    private static object? Of(AggregateCall call, List<object> values)
    {
        var type = call.Argument!.Type;
        switch (call.Kind)
        {
            case AggregateKind.ListAgg:
                return string.Join(call.Parameter, values);
            case AggregateKind.Collect:
                return NestedValue.MapOf(values.GroupBy(v => v, BoxedValues.Comparer).Select(g => ((object?)g.Key, (object?)(long)g.Count())));
            case AggregateKind.ArrayAgg:
                return NestedValue.Of(values.Select(v => ((NestedValue)v).Items[0]).Where(v => v is not null || call.Parameter == "RESPECT NULLS"));
            case AggregateKind.JsonArrayAgg:
                return JsonText.Written(writer =>
                {
                    writer.WriteStartArray();
                    foreach (var value in values.Select(v => ((NestedValue)v).Items[0]).Where(v => v is not null || call.Parameter == "NULL ON NULL"))
                        JsonText.Write(writer, value, Only(type)!);
                    writer.WriteEndArray();
                });
            case AggregateKind.JsonObjectAgg:
                return JsonText.Written(writer =>
                {
                    writer.WriteStartObject();
                    // Of several values with one name the last stays.
                    foreach (var (name, value) in NestedValue.MapOf(values.Select(v => (((NestedValue)v).Items[0], ((NestedValue)v).Items[1]))).Entries)
                    {
                        if (value is null && call.Parameter != "NULL ON NULL")
                            continue;
                        writer.WritePropertyName(name as string ?? throw new EvaluationException("the name of a member of JSON_OBJECTAGG is NULL"));
                        JsonText.Write(writer, value, type.Fields[1].Type);
                    }

                    writer.WriteEndObject();
                });
            default:
                return Percentile(call, values);
        }
    }

    // Between the two values that are nearest, as far along as the percentage is.
    private static object? Percentile(AggregateCall call, List<object> rows)
    {
        var values = new List<(double Value, long Count)>();
        foreach (NestedValue row in rows)
        {
            var count = row.Items.Length > 1 ? row.Items[1] is long frequency ? frequency : 0 : 1;
            if (row.Items[0] is { } value && count > 0)
                values.Add((value is long integer ? integer : ((Number)value).ToDouble(), count));
        }

        if (values.Count == 0)
            return null;
        values.Sort();
        var total = values.Sum(v => v.Count);
        object?[] results = [.. call.Parameter!.Split(' ').Select(p => (object?)At(double.Parse(p, CultureInfo.InvariantCulture)))];
        return call.Type.Kind == SqlKind.Array ? NestedValue.Of(results) : results[0];

        Number At(double percentage)
        {
            var place = (total - 1) * percentage;
            var lower = (long)Math.Floor(place);
            var (below, above) = (Value(lower), Value(Math.Min(lower + 1, total - 1)));
            return Number.FromDouble(below == above ? below : ((lower + 1 - place) * below) + ((place - lower) * above));
        }

        double Value(long place)
        {
            foreach (var (value, count) in values)
                if ((place -= count) < 0)
                    return value;
            return values[^1].Value;
        }
    }
}
