using Microsoft.Data.Sqlite;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The state of all jobs of a folder: one SQLite file, one connection, one user of it at a time.</summary>
internal sealed class StateFile : IAsyncDisposable
{
    private const long Version = 2;

    /// <summary>The version whose jobs have no birth yet.</summary>
    private const long VersionWithoutBirth = 1;

    /// <summary>How much younger, at least, the state of a changed job is than its former one, whatever the clock says.</summary>
    private static readonly TimeSpan Younger = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SqliteConnection _connection;
    private readonly string _path;

    private StateFile(string path, SqliteConnection connection) => (_path, _connection) = (path, connection);

    /// <summary>Opens the file, making it where absent.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isLasting">Whether it is to survive a power failure: offsets may be committed elsewhere that must not be ahead of it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="CommandException">It cannot be used.</exception>
    public static async Task<StateFile> OpenAsync(string path, bool isLasting, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        var file = new StateFile(path, connection);
        try
        {
            await file.UseAsync(c =>
            {
                c.Open();
                Execute(c, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {(isLasting ? "FULL" : "OFF")};");
                Prepare(c, path);
                return true;
            }, cancellationToken);
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>The state of one job: what is there, or, where the job has become another one, nothing.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="fingerprint">What it is.</param>
    /// <param name="place">Where it reads from.</param>
    /// <param name="now">The time, which is a new state's birth.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<JobState> OpenJobAsync(string job, string fingerprint, string place, DateTimeOffset now, CancellationToken cancellationToken) =>
        UseAsync(c => FindJob(c, job, fingerprint, place, now), cancellationToken);

    /// <summary>Does something with the connection, when nothing else does.</summary>
    /// <exception cref="CommandException">The file cannot be used.</exception>
    public async Task<T> UseAsync<T>(Func<SqliteConnection, T> use, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => use(_connection), cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new CommandException($"cannot use the state file '{_path}': {e.Message}; make room, or choose another folder with --state", ExitCode.Failed);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await _connection.DisposeAsync();
        _turn.Dispose();
    }

    internal static void Execute(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        command.ExecuteNonQuery();
    }

    internal static object? Scalar(SqliteConnection connection, string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteScalar();
    }

    /// <summary>The groups of a job, their shards not counted.</summary>
    internal static long CountGroups(SqliteConnection connection, string job) =>
        (long)Scalar(connection, $"SELECT COUNT(*) FROM groups WHERE job = $job AND instr(key, '{Shard.Mark}') = 0", ("$job", job))!;

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        var version = (long)Scalar(connection, "PRAGMA user_version")!;
        if (version is not (0 or VersionWithoutBirth or Version))
            throw new CommandException($"the state file '{path}' is of version {version}, this program writes version {Version}: choose another folder with --state");
        Execute(
            connection,
            $"""
            BEGIN;
            CREATE TABLE IF NOT EXISTS jobs (job TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, generation TEXT NOT NULL, place TEXT NOT NULL, born INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
            {(version == VersionWithoutBirth ? "ALTER TABLE jobs ADD COLUMN born INTEGER NOT NULL DEFAULT 0;" : "")}
            CREATE TABLE IF NOT EXISTS groups (job TEXT NOT NULL, key TEXT NOT NULL, touched INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY (job, key));
            CREATE TABLE IF NOT EXISTS failures (
                job TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, reason TEXT NOT NULL, row BLOB NOT NULL, PRIMARY KEY (job, key));
            CREATE TABLE IF NOT EXISTS positions (job TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS topics (job TEXT NOT NULL PRIMARY KEY, topic TEXT NOT NULL) WITHOUT ROWID;
            PRAGMA user_version = {Version};
            COMMIT;
            """);
    }

    private JobState FindJob(SqliteConnection connection, string job, string fingerprint, string place, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        var known = (string?)Scalar(connection, "SELECT fingerprint FROM jobs WHERE job = $job", ("$job", job));
        if (known != fingerprint)
        {
            var former = Birth(connection, job);
            var born = former is null || now > former + Younger ? now : former.Value + Younger;
            foreach (var table in new[] { "groups", "failures", "positions", "topics", "jobs" })
                Execute(connection, $"DELETE FROM {table} WHERE job = $job", ("$job", job));
            Execute(
                connection, "INSERT INTO jobs VALUES ($job, $fingerprint, $generation, $place, $born)",
                ("$job", job), ("$fingerprint", fingerprint), ("$generation", Guid.NewGuid().ToString("N")[..8]), ("$place", place),
                ("$born", born.ToUnixTimeMilliseconds()));
        }
        var state = new JobState(this, job)
        {
            Generation = (string)Scalar(connection, "SELECT generation FROM jobs WHERE job = $job", ("$job", job))!,
            Born = Birth(connection, job)!.Value,
            Groups = CountGroups(connection, job),
            FormerPlace = (string)Scalar(connection, "SELECT place FROM jobs WHERE job = $job", ("$job", job))!,
            IsChanged = known is not null && known != fingerprint,
            Failures = Failures(connection, job),
        };
        Execute(connection, "UPDATE jobs SET place = $place WHERE job = $job", ("$job", job), ("$place", place));
        transaction.Commit();
        return state;
    }

    private static DateTimeOffset? Birth(SqliteConnection connection, string job) =>
        Scalar(connection, "SELECT born FROM jobs WHERE job = $job", ("$job", job)) is long born ? DateTimeOffset.FromUnixTimeMilliseconds(born) : null;

    private static List<StandingFailure> Failures(SqliteConnection connection, string job)
    {
        using var command = Command(connection, "SELECT key, version, reason, row FROM failures WHERE job = $job", [("$job", job)]);
        using var reader = command.ExecuteReader();
        var failures = new List<StandingFailure>();
        while (reader.Read())
            failures.Add(new StandingFailure(reader.GetString(0), new RowVersion(0, 0, reader.GetInt64(1)), reader.GetString(2), (byte[])reader.GetValue(3)));
        return failures;
    }
}
