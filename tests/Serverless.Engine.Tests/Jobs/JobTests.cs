using Serverless.Engine.Ingest;
using Serverless.Engine.Runtime;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql;

namespace Serverless.Engine.Tests.Jobs;

/// <summary>Every <c>.job</c> file is a case; see <see cref="JobCase"/>.</summary>
public sealed class JobTests
{
    public static IEnumerable<TheoryDataRow<string>> Names =>
        Directory.EnumerateFiles(JobCase.Folder, "*.job").Order(StringComparer.Ordinal).Select(f => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(f)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_job_over_records_in_order_ends_in_its_table(string name)
    {
        var job = JobCase.Load(name);
        if (job.Expected.ContainsKey("errors"))
            return; // the next test's
        var compiled = JobHarness.Compile(job.Sql);
        var harness = new JobHarness(compiled, lookups: job.Lookup);
        harness.Process(job.RecordsOf(compiled));
        AssertEnds(job, harness);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_script_is_told_is_what_its_case_says(string name)
    {
        var job = JobCase.Load(name);
        var script = ScriptCompiler.Compile(new SourceText("test.sql", job.Sql), new TestConnectors());
        var said = script.Diagnostics.Select(d => $"{d.Severity.ToString().ToLowerInvariant()}: {d.Message}").ToArray();
        Assert.Equal(job.Expected.GetValueOrDefault("errors") ?? job.Expected.GetValueOrDefault("diagnostics", []), said);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void However_records_are_batched_interleaved_and_repeated_the_table_is_the_same(string name)
    {
        var job = JobCase.Load(name);
        if (job.Expected.ContainsKey("errors"))
            return; // there is no table
        var compiled = JobHarness.Compile(job.Sql);
        for (var seed = 0; seed < 40; seed++)
        {
            var harness = new JobHarness(compiled, isSplit: seed % 2 == 1, lookups: job.Lookup);
            var random = new Random(seed);
            // Each source has batches of its own; whose turn it is is left to chance.
            var sources = job.RecordsOf(compiled).Select(s => new Queue<SourceRecords>(Batches(s.Records, random).Select(b => new SourceRecords(s.Source, b)))).ToList();
            while (sources.Where(s => s.Count > 0).ToList() is { Count: > 0 } left)
            {
                harness.Process([left[random.Next(left.Count)].Dequeue()]);
                if (random.Next(4) == 0)
                    harness.Restart();
            }

            AssertEnds(job, harness, $"seed {seed}", waits: compiled.Dataflow?.Root is WatermarkRelation);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Whatever_is_left_out_of_a_script_or_put_in_the_wrong_place_it_is_an_error_and_no_crash(string name)
    {
        var words = JobCase.Load(name).Sql.Split(' ');
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            var changed = words.ToList();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var (from, to) = (random.Next(changed.Count), random.Next(changed.Count));
                if (random.Next(2) == 0)
                    changed.RemoveAt(from);
                else
                    changed[to] = changed[from];
            }

            var script = ScriptCompiler.Compile(new SourceText("test.sql", string.Join(' ', changed)), new TestConnectors());
            foreach (var job in script.Jobs)
                _ = new JobHarness(job, lookups: lookup => new TestLookup(lookup, []));
        }
    }

    /// <summary>Cuts each partition into pieces, reads some of them twice, and some too early.</summary>
    private static IEnumerable<List<Record>> Batches(IReadOnlyList<Record> records, Random random)
    {
        var partitions = records.GroupBy(r => r.Partition).Select(g => g.OrderBy(r => r.Offset).ToList()).ToList();
        var position = new int[partitions.Count];
        while (partitions.Zip(position).Any(p => p.Second < p.First.Count))
        {
            var batch = new List<Record>();
            for (var p = 0; p < partitions.Count; p++)
            {
                if (random.Next(3) == 0)
                    continue;
                // Begin at the position, before it (a replay), or behind it (another worker ahead of this one).
                var start = Math.Clamp(position[p] + (random.Next(3) == 0 ? random.Next(-4, 4) : 0), 0, partitions[p].Count);
                var piece = partitions[p].Skip(start).Take(random.Next(1, 5)).ToList();
                batch.AddRange(piece);
                if (start <= position[p])
                    position[p] = Math.Max(position[p], start + piece.Count);
            }

            yield return batch;
        }
    }

    private static void AssertEnds(JobCase job, JobHarness harness, string? seed = null, bool waits = false)
    {
        // Which records come late depends on the batches: rows that were corrected later are there as well.
        Check("table", waits ? [.. harness.Rows.Intersect(job.Expected["table"])] : harness.Rows);
        Check("dead letters", [.. harness.DeadLetters.Select(l => $"{l.Key}: {l.Value}")]);
        Check("failures", harness.Failures);
        if (seed is null)
            Check("skipped", harness.Skipped == 0 ? [] : [$"{harness.Skipped}"]);

        void Check(string section, IReadOnlyList<string> actual)
        {
            if (section == "skipped" && !job.Expected.ContainsKey(section) && actual.Count == 0)
                return;
            // As text, so that a difference is shown whole.
            Assert.Equal(Lines(job.Expected.GetValueOrDefault(section, [])), Lines(actual));
        }
    }

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Order(StringComparer.Ordinal));
}
