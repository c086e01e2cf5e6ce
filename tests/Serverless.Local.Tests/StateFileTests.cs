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
        await BirthAsync("a", Now);
        await using (var connection = new SqliteConnection($"Data Source={_folder["state.db"]};Pooling=False"))
        {
            await connection.OpenAsync(Token);
            StateFile.Execute(connection, "ALTER TABLE jobs DROP COLUMN born; PRAGMA user_version = 1;");
        }

        Assert.Equal(DateTimeOffset.UnixEpoch, await BirthAsync("a", Now));
        Assert.Equal(DateTimeOffset.UnixEpoch, await BirthAsync("a", Now));
    }

    private async Task<DateTimeOffset> BirthAsync(string fingerprint, DateTimeOffset now)
    {
        await using var file = await StateFile.OpenAsync(_folder["state.db"], isLasting: false, Token);
        return (await file.OpenJobAsync("job", fingerprint, "", new OutputForm("form", "table", "", ""), now, Token)).Born;
    }
}
