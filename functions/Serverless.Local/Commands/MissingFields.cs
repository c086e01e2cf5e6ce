using System.Globalization;
using System.Text.Json;
using Serverless.Engine;

namespace Serverless.Local.Commands;

/// <summary>Counts the events that are sent without a field that matters to who reads them: the record's key, or what a job groups by.</summary>
internal sealed class MissingFields
{
    private readonly List<Field> _fields = [];
    private long _events;

    /// <param name="key">The field that becomes the record's key; null for none.</param>
    /// <param name="readers">The jobs that read the events.</param>
    public MissingFields(string? key, IReadOnlyList<Job> readers)
    {
        if (key is not null)
            _fields.Add(new Field([key], "which is to be their key: they are sent without one, and do not keep their order"));
        foreach (var group in readers.SelectMany(j => j.KeyFields.Select(f => (Job: j.Name, Field: f))).GroupBy(g => g.Field.Name).Where(g => g.Key != key))
            _fields.Add(new Field([.. group.First().Field.Path], $"by which {string.Join(" and ", group.Select(g => $"job '{g.Job}'").Distinct())} groups: it is NULL there"));
    }

    /// <summary>Looks at events on their way.</summary>
    public async IAsyncEnumerable<byte[]> WatchAsync(IAsyncEnumerable<byte[]> events)
    {
        await foreach (var value in events)
        {
            _events++;
            if (_fields.Count > 0)
                Count(value);
            yield return value;
        }
    }

    /// <summary>Returns a sentence for each field that events lacked.</summary>
    public IEnumerable<string> Warnings() => _fields.Where(f => f.Lacking > 0).Select(f => string.Create(
        CultureInfo.InvariantCulture, $"{f.Lacking:N0} of {_events:N0} record{(_events == 1 ? "" : "s")} {(f.Lacking == 1 ? "has" : "have")} no '{string.Join('.', f.Path)}', {f.Matters}"));

    private void Count(byte[] value)
    {
        try
        {
            using var json = JsonDocument.Parse(value);
            foreach (var field in _fields)
                if (!Has(json.RootElement, field.Path))
                    field.Lacking++;
        }
        catch (JsonException)
        {
            foreach (var field in _fields)
                field.Lacking++;
        }
    }

    private static bool Has(JsonElement at, string[] path)
    {
        foreach (var name in path)
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return false;
        return at.ValueKind != JsonValueKind.Null;
    }

    private sealed class Field(string[] path, string matters)
    {
        public string[] Path => path;

        public string Matters => matters;

        public long Lacking { get; set; }
    }
}
