using System.Text.Json.Serialization;
using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Dashboard;

/// <summary>The jobs, as JSON.</summary>
internal sealed record JobsJson(string Host, bool Live, string Version, DateTimeOffset? StartedAt, IReadOnlyList<JobJson> Jobs);

/// <summary>A job, as JSON.</summary>
internal sealed record JobJson(string Name, string Script, string Table, SourceJson Source, SinkJson Sink, IReadOnlyList<PlanLineJson> Plan);

/// <summary>A source, as JSON.</summary>
internal sealed record SourceJson(string Name, string Connector, string? Topic, string? Brokers);

/// <summary>A sink, as JSON.</summary>
internal sealed record SinkJson(string Name, string Connector);

/// <summary>A line of a plan, as JSON.</summary>
internal sealed record PlanLineJson(string Label, string Text);

/// <summary>The tables, as JSON.</summary>
internal sealed record TablesJson(IReadOnlyList<TableJson> Tables);

/// <summary>A table, as JSON.</summary>
internal sealed record TableJson(string Id, string Name, string Connector, bool IsReadable, string? Reason, IReadOnlyList<ColumnJson> Columns, Chart? Chart);

/// <summary>A column, as JSON.</summary>
internal sealed record ColumnJson(string Name, string Type, string Kind, bool IsKey)
{
    /// <summary>A column of a table.</summary>
    public static ColumnJson Of(TableDefinition table, int column)
    {
        var (name, type) = (table.Columns[column].Name, table.Columns[column].Type);
        return new ColumnJson(name, type.ToString(), KindOf(type), table.PrimaryKey.Contains(column));
    }

    private static string KindOf(SqlType type) => type.Kind switch
    {
        _ when type.IsNumeric => "number",
        SqlKind.Boolean => "boolean",
        SqlKind.Bytes => "bytes",
        SqlKind.Date => "date",
        SqlKind.Time => "time",
        SqlKind.Timestamp or SqlKind.TimestampLtz => "timestamp",
        _ => "text",
    };
}

/// <summary>Rows, as JSON.</summary>
internal sealed record RowsJson(IReadOnlyList<string> Columns, IReadOnlyList<string?[]> Rows, bool HasMore);

/// <summary>Values, as JSON.</summary>
internal sealed record ValuesJson(IReadOnlyList<string> Values, bool HasMore);

/// <summary>How the jobs are, as JSON.</summary>
internal sealed record StatusJson(DateTimeOffset Now, IReadOnlyList<JobStatus> Jobs, IReadOnlyDictionary<string, long?> Tables);

/// <summary>Why there is no answer, as JSON.</summary>
internal sealed record ErrorJson(string Error);

/// <summary>Writes the answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JobsJson))]
[JsonSerializable(typeof(TablesJson))]
[JsonSerializable(typeof(RowsJson))]
[JsonSerializable(typeof(ValuesJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(ErrorJson))]
internal sealed partial class DashboardJson : JsonSerializerContext;
