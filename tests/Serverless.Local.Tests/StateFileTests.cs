using Microsoft.Data.Sqlite;
using Serverless.Engine;
using Serverless.Local.Running;

namespace Serverless.Local.Tests;

public sealed class StateFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_state_keeps_the_time_of_its_birth_and_that_of_a_changed_job_is_younger()
    {
        Assert.Equal(Now, await BirthAsync("a", Now));
        Assert.Equal(Now, await BirthAsync("a", Now.AddDays(1)));
        Assert.Equal(Now.AddDays(2), await BirthAsync("b", Now.AddDays(2)));
    }

    [Fact]
    public async Task A_changed_jobs_state_is_younger_whatever_the_clock_says()
    {
        await BirthAsync("a", Now);
        Assert.True(await BirthAsync("b", Now.AddSeconds(1)) >= Now.AddMinutes(1));
        Assert.True(await BirthAsync("c", Now.AddDays(-1)) >= Now.AddMinutes(2));
    }

    [Fact]
    public async Task A_file_of_the_version_before_keeps_its_jobs()
    {
        await using (var connection = new SqliteConnection($"Data Source={_folder["state.db"]};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            StateFile.Execute(
                connection,
                """
                CREATE TABLE jobs (job TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, generation TEXT NOT NULL, place TEXT NOT NULL) WITHOUT ROWID;
                INSERT INTO jobs VALUES ('job', 'a', '01234567', '');
                PRAGMA user_version = 1;
                """);
        }

        Assert.Equal(DateTimeOffset.UnixEpoch, await BirthAsync("a", Now));
        Assert.Equal(DateTimeOffset.UnixEpoch, await BirthAsync("a", Now));
    }

    [Fact]
    public async Task Of_a_state_of_the_version_before_it_is_not_known_what_was_written()
    {
        await using (var connection = new SqliteConnection($"Data Source={_folder["state.db"]};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            StateFile.Execute(
                connection,
                """
                CREATE TABLE jobs (job TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, generation TEXT NOT NULL, place TEXT NOT NULL, born INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
                INSERT INTO jobs VALUES ('job', 'a', '01234567', '', 7);
                CREATE TABLE groups (job TEXT NOT NULL, key TEXT NOT NULL, touched INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY (job, key));
                INSERT INTO groups VALUES ('job', 'k', 0, x'00');
                PRAGMA user_version = 2;
                """);
        }

        await using var file = await StateFile.OpenAsync(_folder["state.db"], isLasting: false, Token);
        var state = await OpenAsync(file, "a", Now);
        Assert.Equal(("01234567", 1L, false, 0), (state.Generation, state.Groups, state.IsWritten, state.Forms.Count));
        Assert.Equal("k", Assert.Single(await state.PageAsync(state.Key, null, 10, Token)).Key);
    }

    [Fact]
    public async Task The_state_of_a_changed_job_is_kept_and_taken_up_again_as_the_youngest()
    {
        await using var file = await StateFile.OpenAsync(_folder["state.db"], isLasting: false, Token);
        var first = await OpenAsync(file, "a", Now);
        var second = await OpenAsync(file, "b", Now);
        var again = await OpenAsync(file, "a", Now);

        Assert.Equal((true, first.Key), (second.IsChanged, Assert.Single(second.Formers).Key));
        Assert.Equal((true, first.Generation, second.Key), (again.IsChanged, again.Generation, Assert.Single(again.Formers).Key));
        Assert.True(again.Born > second.Born && second.Born > first.Born);
        Assert.False(again.IsWritten, "the rows of the one in between are newer than its own");
        await again.DropFormersAsync(Token);
        Assert.Empty((await OpenAsync(file, "a", Now)).Formers);
    }

    private async Task<DateTimeOffset> BirthAsync(string fingerprint, DateTimeOffset now)
    {
        await using var file = await StateFile.OpenAsync(_folder["state.db"], isLasting: false, Token);
        return (await OpenAsync(file, fingerprint, now)).Born;
    }

    private static Task<JobState> OpenAsync(StateFile file, string fingerprint, DateTimeOffset now) =>
        file.OpenJobAsync("job", fingerprint, "", new OutputForm("form", "table", "", ""), now, Token);
}
