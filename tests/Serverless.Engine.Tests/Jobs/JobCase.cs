using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;

namespace Serverless.Engine.Tests.Jobs;

/// <summary>
/// A case of a <c>.job</c> file: a script, records, and what they come to. The sections are headed <c>---- records</c>, <c>---- table</c>,
/// <c>---- dead letters</c>, <c>---- lookup TABLE</c> (rows as JSON that the database has), <c>---- failures</c>, <c>---- skipped</c> and <c>---- diagnostics</c>; all but the script may be left out. A record is a line
/// <c>partition@offset timestamp value</c>; of a bare value, the partition is 0 and offset and timestamp count on. A key stands in front of the value, with <c> =&gt; </c> between. The value <c>tombstone</c> is none, and
/// <c>\xNN</c> stands for a byte. Of a job with several sources, <c>---- records t</c> has those of table <c>t</c>.
/// </summary>
internal sealed partial record JobCase(string Name, string Sql, IReadOnlyDictionary<string, IReadOnlyList<Record>> Records, IReadOnlyDictionary<string, string[]> Expected)
{
    /// <summary>Makes what finds the rows that the case says a table has.</summary>
    public ILookup Lookup(DataflowLookup lookup) => new TestLookup(lookup, Expected.GetValueOrDefault($"lookup {lookup.Table.Name}", []));

    private const string Arrow = " => ";
    private const string Heading = "---- ";
    private const string RecordsHeading = "records";

    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Jobs");

    public static JobCase Load(string name)
    {
        var sections = new Dictionary<string, List<string>> { ["script"] = [] };
        var current = sections["script"];
        foreach (var line in File.ReadLines(Path.Combine(Folder, name + ".job")))
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
                sections.Add(line[Heading.Length..].Trim(), current = []);
            else
                current.Add(line);
        }

        var records = sections.Where(s => IsRecords(s.Key)).ToDictionary(s => s.Key[RecordsHeading.Length..].Trim(), s => RecordsOf(s.Value));
        return new JobCase(name, string.Join('\n', sections["script"]), records,
            sections.Where(s => s.Key != "script" && !IsRecords(s.Key)).ToDictionary(s => s.Key, s => s.Value.Where(l => l.Length > 0).ToArray()));
    }

    /// <summary>The records of each source of a job.</summary>
    public IReadOnlyList<SourceRecords> RecordsOf(Job job) =>
        [.. job.Sources.Select((s, i) => new SourceRecords(i, Records.GetValueOrDefault(s.Name) ?? (i == 0 ? Records.GetValueOrDefault("") : null) ?? []))];

    private static bool IsRecords(string heading) => heading == RecordsHeading || heading.StartsWith(RecordsHeading + " ", StringComparison.Ordinal);

    private static IReadOnlyList<Record> RecordsOf(List<string> lines)
    {
        var records = new List<Record>();
        foreach (var line in lines.Where(l => l.Length > 0))
        {
            var match = Place().Match(line);
            var offset = match.Success ? long.Parse(match.Groups["offset"].Value, CultureInfo.InvariantCulture) : records.Count;
            var value = match.Success ? match.Groups["value"].Value : line;
            var arrow = value.IndexOf(Arrow, StringComparison.Ordinal);
            var key = arrow < 0 ? null : value[..arrow];
            value = arrow < 0 ? value : value[(arrow + Arrow.Length)..];
            records.Add(new Record(
                match.Success ? int.Parse(match.Groups["partition"].Value, CultureInfo.InvariantCulture) : 0,
                offset,
                match.Success ? long.Parse(match.Groups["timestamp"].Value, CultureInfo.InvariantCulture) : offset,
                value == "tombstone" ? null : Bytes(value))
            {
                Key = key is null ? null : Bytes(key),
            });
        }

        return records;
    }

    private static byte[] Bytes(string text) =>
        [.. Escape().Split(text).Zip(Escape().Matches(text).Select(m => m.Value[2..]).Append(""), (plain, hex) => Encoding.UTF8.GetBytes(plain).Concat(Convert.FromHexString(hex))).SelectMany(b => b)];

    [GeneratedRegex(@"^(?<partition>\d+)@(?<offset>\d+) (?<timestamp>\d+) (?<value>.*)$")]
    private static partial Regex Place();

    [GeneratedRegex(@"\\x[0-9A-Fa-f]{2}")]
    private static partial Regex Escape();
}
