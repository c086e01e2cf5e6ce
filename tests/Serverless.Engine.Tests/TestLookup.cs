using System.Text;
using Serverless.Engine.Ingest;
using Serverless.Engine.Operators;
using Serverless.Engine.Runtime;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests;

/// <summary>A table in memory that rows are looked up in.</summary>
internal sealed class TestLookup : ILookup
{
    private readonly Dictionary<LookupKey, List<object?[]>> _rows = [];

    /// <summary>Makes one.</summary>
    /// <param name="lookup">The table, and what is known and wanted of it.</param>
    /// <param name="rows">Its rows as JSON.</param>
    public TestLookup(DataflowLookup lookup, IEnumerable<string> rows)
    {
        var fields = lookup.Table.Columns.Select(c => new SourceField([c.Name], c.Type)).ToList();
        var decoder = new JsonDecoder(fields, new JsonFormat(false, false, false), TimeZoneInfo.Utc);
        foreach (var row in rows)
        {
            var columns = fields.Select(f => Column.Create(f.Type)).ToArray();
            decoder.Decode(Encoding.UTF8.GetBytes(row), columns);
            if (lookup.Keys.Select(k => columns[k].Box(0)).ToList() is var key && key.TrueForAll(v => v is not null))
            {
                var at = new LookupKey([.. key.Select(v => v!)]);
                if (!_rows.TryGetValue(at, out var found))
                    _rows.Add(at, found = []);
                found.Add([.. lookup.Columns.Select(c => columns[c].Box(0))]);
            }
        }
    }

    /// <summary>What was asked for, each time.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Thrown instead of an answer.</summary>
    public Exception? Away { get; set; }

    /// <summary>The keys that fail, each with the reason.</summary>
    public Dictionary<string, string> Failing { get; } = [];

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<LookupRows>> FindAsync(IReadOnlyList<LookupKey> keys, CancellationToken cancellationToken)
    {
        Asked.Add(string.Join("; ", keys));
        if (Away is not null)
            throw Away;
        return new([.. keys.Select(k => Failing.TryGetValue(k.ToString(), out var reason) ? new LookupRows([], reason) : _rows.TryGetValue(k, out var rows) ? new LookupRows(rows) : LookupRows.None)]);
    }
}
