using System.Text.RegularExpressions;
using Serverless.Local.Display;
using Serverless.Local.Running;
using Serverless.Local.Tests.Fakes;

namespace Serverless.Local.Tests;

public sealed partial class LanguageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("LANG=zh_CN.UTF-8", true)]
    [InlineData("LANG=en_US.UTF-8 LC_MESSAGES=zh_CN.UTF-8", true)]
    [InlineData("LANG=C.UTF-8 LC_ALL=zh_TW.UTF-8", true)]
    [InlineData("LANG=zh_CN.UTF-8 LC_MESSAGES=en_US.UTF-8", false)]
    [InlineData("LANG=zh_CN.UTF-8 LC_MESSAGES=zh_CN.UTF-8 LC_ALL=C", false)]
    [InlineData("LANG=de_DE.UTF-8", false)]
    [InlineData("", false)]
    public async Task The_environment_says_which_language(string variables, bool isChinese)
    {
        var help = await RunAsync(variables, "--help");
        Assert.Equal(isChinese ? "说明：" : "Description:", help.Lines[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("explain")]
    [InlineData("ddl")]
    [InlineData("query")]
    [InlineData("show")]
    [InlineData("dead-letters")]
    [InlineData("dead-letters list")]
    [InlineData("dead-letters show")]
    [InlineData("dead-letters replay")]
    [InlineData("init")]
    [InlineData("settings")]
    [InlineData("broker")]
    [InlineData("produce")]
    [InlineData("truststore")]
    [InlineData("completion")]
    [InlineData("help")]
    [InlineData("version")]
    public async Task Help_is_Chinese_from_the_first_line_to_the_last_with_the_names_and_defaults_of_the_English_one(string command)
    {
        string[] help = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"];
        var (english, chinese) = (await Cli.RunAsync(help), await RunAsync("LANG=zh_CN.UTF-8", help));

        Assert.Equal((0, ""), (chinese.ExitCode, chinese.Error));
        Assert.DoesNotMatch(EnglishWords(), chinese.Output.Replace("az functionapp config appsettings set", "", StringComparison.Ordinal));
        Assert.Equal(english.Lines.Length, chinese.Lines.Length);
        Assert.Equal(english.Lines.Select(NamesIn), chinese.Lines.Select(NamesIn));
    }

    [Fact]
    public async Task The_demo_says_what_it_does_in_Chinese_and_prints_the_same_tables()
    {
        var (english, chinese) = (await Cli.RunAsync("--until-idle"), await RunAsync("LANG=zh_CN.UTF-8", "--until-idle"));

        Assert.Equal("两个 Flink SQL 作业 recharge 和 pvuv 从内嵌的 Kafka 读取八条消息，并把结果写入 SQLite。", chinese.Lines[0]);
        Assert.DoesNotMatch(EnglishWords(), chinese.Output);
        Assert.Equal(TablesIn(english), TablesIn(chinese));
    }

    [Fact]
    public async Task A_run_sums_up_in_Chinese_with_the_same_numbers_and_errors_and_JSON_stay_as_they_are()
    {
        var feed = _folder.Write("game_consume_log.jsonl", "no JSON\n" + string.Join('\n', await File.ReadAllLinesAsync(Repository.DemoFile("game_consume_log.jsonl"), TestContext.Current.CancellationToken)));
        string[] run = ["run", Repository.Job("recharge.sql"), "--embedded", "--until-idle", "--state", _folder["state"], "--feed", $"game_consume_log={feed}"];
        var results = Path.Combine(_folder["state"], "results.db");

        var chinese = await RunAsync("LANG=zh_CN.UTF-8", run);
        Assert.Contains("recharge: 6 条记录, 2 个分组, 写入 2 行, 1 条死信", chinese.Lines);
        Assert.Contains($"死信在 {results}, table dead_letters", chinese.Lines);
        Assert.Contains($"结果在 {results}", chinese.Lines);
        Assert.Contains(Results.ArticleConsume[0], chinese.Lines);
        Assert.StartsWith("内嵌的 Kafka 在 127.0.0.1:", chinese.Error, StringComparison.Ordinal);
        Assert.Contains("warning: Job recharge: a record of topic game_consume_log", chinese.Error, StringComparison.Ordinal);

        var json = await RunAsync("LANG=zh_CN.UTF-8", [.. run, "--json"]);
        Assert.DoesNotMatch("[\u4e00-\u9fff]", json.Output + json.Error);
    }

    [Fact]
    public void The_table_of_jobs_and_the_lines_in_its_place_are_Chinese()
    {
        var language = Language.Of(name => name == "LANG" ? "zh_CN.UTF-8" : null);
        var job = new JobProgress("sales") { Records = 1234, Groups = 2, RowsWritten = 1000, Sink = new SinkHealth(true) };
        Assert.Equal("sales：1,234 条记录（3/秒），积压 –，分组 2，已写入 1,000 行，死信 0", ProgressView.LineOf(job, 3).In(language));

        var screen = new Screen(80, 10);
        screen.Console.Write(ProgressTable.Of([job], 80, language));
        Assert.Contains("结果表", screen.Written.ToString(), StringComparison.Ordinal);
        Assert.Contains("正常", screen.Written.ToString(), StringComparison.Ordinal);
        Assert.Contains("1,234", screen.Written.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_in_the_table_once_with_no_value_that_the_English_one_lacks()
    {
        var texts = Language.Read().ToList();
        Assert.Equal(texts.Select(t => t.English).Distinct(), texts.Select(t => t.English));
        Assert.All(texts, t => Assert.Subset(ValuesIn(t.English), ValuesIn(t.Chinese)));
        Assert.All(texts, t => Assert.Matches("[\u4e00-\u9fff]", t.Chinese));
    }

    private static Task<CliResult> RunAsync(string variables, params string[] args)
    {
        var set = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        return Cli.RunAsync(args, set.GetValueOrDefault, "", TestContext.Current.CancellationToken);
    }

    // What both languages have: an option, an argument or a command at a line's start, and its default at the end.
    private static string NamesIn(string line) => Regex.Match(line, "^  [-<a-z].*?(?=  )").Value + Regex.Match(line, @"\S+\]$").Value;

    private static string[] TablesIn(CliResult result) => [.. result.Lines.Where(l => l.Contains(" | ", StringComparison.Ordinal)).Select(l => Clock().Replace(l, "now"))];

    private static HashSet<string> ValuesIn(string text) => [.. Values().Matches(text).Select(m => m.Value)];

    [GeneratedRegex(@"\b[a-z]+ [a-z]+ [a-z]+ [a-z]+\b")]
    private static partial Regex EnglishWords();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+")]
    private static partial Regex Clock();

    [GeneratedRegex(@"(?<!\{)\{\d+[^}]*\}")]
    private static partial Regex Values();
}
