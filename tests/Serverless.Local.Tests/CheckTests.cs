namespace Serverless.Local.Tests;

public sealed class CheckTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Our_own_jobs_are_fine()
    {
        var result = await Cli.RunAsync("check", Path.Combine(Repository.Root, "functions", "jobs"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("recharge.sql: ok (recharge)", result.Output, StringComparison.Ordinal);
        Assert.Contains("pvuv.sql: ok (pvuv)", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_error_of_every_script_is_shown_with_its_place_and_the_exit_code_is_2()
    {
        var pvuv = (await File.ReadAllTextAsync(Repository.Job("pvuv.sql"), TestContext.Current.CancellationToken))
            .Replace("COUNT(client_ip)", "COUNT(client_id)", StringComparison.Ordinal)
            .Replace("MAX(c_time)", "MAX(c_tim)", StringComparison.Ordinal);
        var one = _folder.Write("one.sql", pvuv);
        var two = _folder.Write("two.sql", "SELEC 1;");

        var result = await Cli.RunAsync("check", one, two);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{one}:56:9: error: unknown column 'client_id'; did you mean 'client_ip'?\n   56 |   COUNT(client_id) AS pv,\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("unknown column 'c_tim'; did you mean 'c_time'?", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{two}:1:1: error: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_scripts_that_write_the_same_rows_of_one_table_are_an_error()
    {
        var second = _folder["second.sql"];
        File.Copy(Repository.Job("recharge.sql"), second);

        var result = await Cli.RunAsync("check", Repository.Job("recharge.sql"), second);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{second}:23:24: error: jobs 'recharge' and 'second' both write table 'consume', and both may have a row of one key", result.Error, StringComparison.Ordinal);
        var json = await Cli.RunAsync("check", Repository.Job("recharge.sql"), second, "--json");
        Assert.Contains("\"line\":23,\"column\":24,\"severity\":\"error\",\"message\":\"jobs 'recharge' and 'second' both write", json.Output, StringComparison.Ordinal);
        Assert.Contains("\"errors\":1", json.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public async Task A_script_that_is_no_UTF8_is_an_error_with_its_place(string command)
    {
        // 火 in GBK.
        await File.WriteAllBytesAsync(_folder["gbk.sql"], [.. "-- a job\n-- of "u8, 0xBB, 0xF0, .. "\nSELECT 1;"u8], TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync(command, _folder["gbk.sql"]);

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith($"{_folder["gbk.sql"]}:2:7: error: this is no UTF-8 (byte 0xBB); save the script as UTF-8", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_may_be_UTF16_if_a_byte_order_mark_says_so()
    {
        await File.WriteAllTextAsync(_folder["wide.sql"], await File.ReadAllTextAsync(Repository.Job("recharge.sql"), TestContext.Current.CancellationToken), System.Text.Encoding.Unicode, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await Cli.RunAsync("check", _folder["wide.sql"])).ExitCode);
    }

    [Fact]
    public async Task A_pattern_that_the_shell_did_not_expand_and_a_folder_name_their_scripts()
    {
        File.Copy(Repository.Job("recharge.sql"), _folder["a.sql"]);
        File.Copy(Repository.Job("pvuv.sql"), _folder["b.sql"]);
        _folder.Write("c.txt", "no script");

        foreach (var name in new[] { _folder["*.sql"], _folder.Path })
        {
            var result = await Cli.RunAsync("check", name);
            Assert.Equal(0, result.ExitCode);
            Assert.Equal([$"{_folder["a.sql"]}: ok (a)", $"{_folder["b.sql"]}: ok (b)", ""], result.Lines);
        }
    }

    [Theory]
    [InlineData("check", "nowhere.sql")]
    [InlineData("run", "nowhere/*.sql")]
    [InlineData("explain", "nowhere")]
    public async Task A_script_that_is_not_there_is_one_clear_line(string command, string script)
    {
        var result = await Cli.RunAsync(command, script);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"error: there is no script '{script}': give the path of a .sql file, or a folder of them\n", result.Error);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("run")]
    [InlineData("produce", "topic")]
    [InlineData("check", "--nonsense", "x.sql")]
    public async Task A_wrong_command_line_ends_with_2(params string[] args) => Assert.Equal(2, (await Cli.RunAsync(args)).ExitCode);
}
