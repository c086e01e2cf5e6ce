using System.Text;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.Connectors.Files;

/// <summary>Prints changes as Flink's print connector does: <c>+I[a1, 139.4]</c>, a row that is added and never changes; <c>+U[a1, 139.4]</c>, the row of a key as it is now; and <c>-D[a1, null]</c>, a delete with its key alone. A table without a key has whole rows: <c>-U</c>, what <c>+U</c> changes, and <c>-D</c>.</summary>
/// <param name="output">Where to.</param>
/// <param name="table">The table.</param>
/// <param name="identifier">What stands before each change, with <c>&gt; </c> behind; null for nothing.</param>
/// <param name="maxRows">The most changes of one write.</param>
public sealed class PrintSink(TextWriter output, TableDefinition table, string? identifier = null, int maxRows = PrintSink.DefaultMaxRows) : ISink
{
    /// <summary>The most changes of one write where the script does not say.</summary>
    public const int DefaultMaxRows = 10_000;

    /// <inheritdoc />
    public int MaxRows { get; } = maxRows;

    /// <inheritdoc />
    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public async Task<IReadOnlyList<RefusedChange>> WriteAsync(IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var lines = new StringBuilder();
        foreach (var change in changes)
        {
            if (!string.IsNullOrEmpty(identifier))
                lines.Append(identifier).Append("> ");
            lines.Append(change.IsBefore ? "-U[" : change.IsDelete ? "-D[" : change.IsAdded ? "+I[" : "+U[")
                .AppendJoin(", ", change.Values.Select((value, i) => RowText.Of(value, table.Columns[i].Type)))
                .Append(']').AppendLine();
        }
        await output.WriteAsync(lines, cancellationToken);
        await output.FlushAsync(cancellationToken);
        return [];
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
