using Serverless.Local.Running;

namespace Serverless.Local.Tests;

public sealed class StateFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_runs_folder_and_its_files_are_for_its_user_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other rights");
        var state = _folder["state"];

        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), "--embedded", "--until-idle", "--state", state, "--feed", $"game_consume_log={Repository.DemoFile("game_consume_log.jsonl")}");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Directory.Exists(state) ? ModeOf(state) : default);
        Assert.NotEmpty(Directory.GetFiles(state));
        Assert.All(Directory.GetFiles(state), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(file)));
    }

    [Fact]
    public async Task A_link_in_the_folders_place_is_refused_and_what_it_leads_to_is_left_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets few users make links");
        Directory.CreateDirectory(_folder["elsewhere"]);
        Directory.CreateSymbolicLink(_folder["state"], _folder["elsewhere"]);

        var result = await Cli.RunAsync("run", Repository.Job("recharge.sql"), "--embedded", "--until-idle", "--state", _folder["state"]);

        Assert.Equal(ExitCode.BadUsage, result.ExitCode);
        Assert.Contains($"'{_folder["state"]}' is a link, to '{_folder["elsewhere"]}', and links are not followed: name the folder itself with --state", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder["elsewhere"]));
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("state.db")]
    [InlineData("results.db")]
    [InlineData("embedded")]
    public void A_link_in_a_files_place_is_refused_and_what_it_leads_to_is_left_alone(string file)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets few users make links");
        Directory.CreateDirectory(_folder["state"]);
        var target = _folder.Write("target", "mine");
        File.CreateSymbolicLink(Path.Combine(_folder["state"], file), target);

        var error = Assert.Throws<CommandException>(() =>
        {
            using var state = StateFolder.Open(_folder["state"]);
            state.Prepare(isEmbedded: file == "embedded");
        });

        Assert.Contains("is a link", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(target));
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
