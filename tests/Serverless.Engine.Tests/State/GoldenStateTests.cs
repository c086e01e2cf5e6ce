using Serverless.Engine.Ingest;
using Serverless.Engine.State;
using Serverless.Testing;

namespace Serverless.Engine.Tests.State;

/// <summary>
/// State that former versions of the program have written is read, and goes on. A file is the state of a group, a shard or an output in hexadecimal:
/// <c>job.whole-or-split.what.version.hex</c>. Whoever changes a format adds the files of the new one, and leaves the old ones as they are.
/// </summary>
public sealed class GoldenStateTests
{
    private const string PresentVersion = "v5";

    private static string Folder => Path.Combine(Repository.Root, "tests", "Serverless.Engine.Tests", "State", "Golden");

    public static TheoryData<string, bool, string> Versions
    {
        get
        {
            var data = new TheoryData<string, bool, string>();
            foreach (var job in GoldenState.Jobs.Keys)
                foreach (var isSplit in new[] { false, true })
                    foreach (var version in Directory.GetFiles(Folder, $"{Prefix(job, isSplit)}.group.*.hex").Select(f => Path.GetFileName(f).Split('.')[3]).Order())
                        data.Add(job, isSplit, version);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void State_of_every_version_goes_on_where_it_was(string job, bool isSplit, string version)
    {
        var compiled = GoldenState.Compile(job, isSplit);
        var (rows, now) = (new RowBuilder(compiled), JobHarness.Now);
        var group = Group.Read(compiled, "a", Load(job, isSplit, "group", version));
        foreach (var slices in new Ingestor(compiled, "topic").Process(GoldenState.Records.After).Groups)
        {
            if (slices.Shard < 0)
            {
                group.Apply(slices.Slices.Span, rows, now);
                continue;
            }

            var shard = Shard.Read(compiled, "a", slices.Shard, Load(job, isSplit, $"shard{slices.Shard}", version));
            group.Merge(shard.Apply(slices.Slices.Span, now, out _)!, now);
        }

        var harness = new JobHarness(compiled.Job, isSplit);
        harness.Process(GoldenState.Records.Before);
        harness.Process(GoldenState.Records.After);
        Assert.Equal(harness.Rows, group.Rows(rows, now).Rows.Select(JobHarness.TextOf).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void The_rows_that_wait_in_every_version_are_read(string job, bool isSplit, string version)
    {
        if (isSplit)
            return; // the output is the same, whoever sends it rows
        var output = new Output(new OutputLimits(100, 1 << 20, 100, 1_000_000));
        output.Read(Load(job, isSplit, "output", version));

        Assert.Equal(1, output.Remembered);
        Assert.Equal("division by zero", Assert.Single(output.Failures).Reason);
        var compiled = GoldenState.Compile(job, isSplit);
        var group = Group.Read(compiled, "a", Load(job, isSplit, "group", version));
        output.Add(group.Rows(new RowBuilder(compiled), JobHarness.Now));
        Assert.Equal(group.Rows(new RowBuilder(compiled), JobHarness.Now).Rows.Count, output.Pending); // none is taken for older than what was written
    }

    [Theory]
    [InlineData("plain", false)]
    [InlineData("plain", true)]
    [InlineData("timeline", false)]
    [InlineData("timeline", true)]
    public void The_files_of_the_present_version_are_what_the_program_writes(string job, bool isSplit)
    {
        foreach (var (what, bytes) in GoldenState.Write(job, isSplit))
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(Load(job, isSplit, what, PresentVersion)));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Torn_state_is_said_to_be_damaged(string job, bool isSplit, string version)
    {
        var compiled = GoldenState.Compile(job, isSplit);
        var state = Load(job, isSplit, "group", version);
        for (var length = 0; length < state.Length; length++)
            Assert.Equal("the state of group 'a' is damaged", Assert.Throws<InvalidDataException>(() => Group.Read(compiled, "a", state.AsSpan(0, length))).Message);
    }

    [Theory]
    [InlineData(false, "group")]
    [InlineData(true, "group")]
    [InlineData(true, "shard0")]
    [InlineData(false, "output")]
    public void A_single_changed_byte_is_found(bool isSplit, string what)
    {
        var compiled = GoldenState.Compile("plain", isSplit);
        var state = Load("plain", isSplit, what, PresentVersion);
        for (var i = 1; i < state.Length; i++)
        {
            var changed = state.ToArray();
            changed[i] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => Read(changed));
        }

        void Read(byte[] bytes)
        {
            if (what == "group")
                Group.Read(compiled, "a", bytes);
            else if (what == "output")
                new Output(OutputLimits.InOrder).Read(bytes);
            else
                Shard.Read(compiled, "a", 0, bytes);
        }
    }

    [Fact]
    public void State_of_a_later_version_is_refused_with_both_numbers()
    {
        var state = Load("plain", false, "group", PresentVersion);
        state[0] = 99;
        var error = Assert.Throws<InvalidDataException>(() => Group.Read(GoldenState.Compile("plain", false), "a", state));
        Assert.Equal("the state of group 'a' is of version 99, and this program reads versions up to 4: a later version of the program has written it", error.Message);
    }

    private static string Prefix(string job, bool isSplit) => $"{job}.{(isSplit ? "split" : "whole")}";

    private static byte[] Load(string job, bool isSplit, string what, string version) =>
        Convert.FromHexString(File.ReadAllText(Path.Combine(Folder, $"{Prefix(job, isSplit)}.{what}.{version}.hex")).Trim());
}
