using Microsoft.Data.Sqlite;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Local.Running;

/// <summary>The state of all jobs of a folder: one SQLite file, one connection, one user of it at a time.</summary>
internal sealed class StateFile : IAsyncDisposable
{
    private const long Version = 5;

    /// <summary>The version that keeps no rows of jobs of several stages but those that wait.</summary>
    private const long VersionWithoutRows = 4;

    /// <summary>The version that keeps jobs of one stage only.</summary>
    private const long VersionOfOneStage = 3;

    /// <summary>The version that keeps one state of a job, and nothing of what is written.</summary>
    private const long VersionWithoutForms = 2;

    /// <summary>The version whose jobs have no birth yet.</summary>
    private const long VersionWithoutBirth = 1;

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

    /// <summary>The state of one job: what is there, or, if the job has become another one, nothing; what it was before is kept beside it.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="fingerprint">What it is.</param>
    /// <param name="place">Where it reads from.</param>
    /// <param name="form">What it writes.</param>
    /// <param name="now">The time, which is a new state's birth.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="goesBack">
    /// Whether a former state is taken up again when the script is edited back. It must be possible to write all rows again that are made of it: what the job was in between has
    /// written others.
    /// </param>
    public Task<JobState> OpenJobAsync(
        string job, string fingerprint, string place, OutputForm form, DateTimeOffset now, CancellationToken cancellationToken, bool goesBack = true) =>
        UseAsync(c => FindJob(c, job, fingerprint, place, form, now, goesBack), cancellationToken);

    /// <summary>Runs an action with exclusive use of the connection.</summary>
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

    /// <summary>The groups of a job, their shards not counted, or the keys of its operators.</summary>
    internal static long CountGroups(SqliteConnection connection, string job) => (long)Scalar(
        connection,
        $"SELECT (SELECT COUNT(*) FROM groups WHERE job = $job AND instr(key, '{Shard.Mark}') = 0) + (SELECT COUNT(*) FROM stages WHERE job = $job AND stage > {Dataflow.OffsetsStage})",
        ("$job", job))!;

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object? Value)[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    /// <summary>Keeps a form in which rows of a state may be in a table.</summary>
    internal static void Insert(SqliteConnection connection, string state, OutputForm form) => Execute(
        connection, "INSERT INTO forms VALUES ($state, $fingerprint, $table, $name, $script) ON CONFLICT DO NOTHING",
        ("$state", state), ("$fingerprint", form.Fingerprint), ("$table", form.Table), ("$name", form.ScriptName), ("$script", form.Script));

    /// <summary>Deletes a state and all that belongs to it.</summary>
    internal static void Delete(SqliteConnection connection, string state)
    {
        foreach (var table in new[] { "groups", "failures", "positions", "topics", "stages", "outbox" })
            Execute(connection, $"DELETE FROM {table} WHERE job = $state", ("$state", state));
        // Those of further sources.
        foreach (var table in new[] { "positions", "topics" })
            Execute(connection, $"DELETE FROM {table} WHERE job LIKE $state || '/%'", ("$state", state));
        foreach (var table in new[] { "forms", "jobs" })
            Execute(connection, $"DELETE FROM {table} WHERE state = $state", ("$state", state));
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        var version = (long)Scalar(connection, "PRAGMA user_version")!;
        if (version is not (0 or VersionWithoutBirth or VersionWithoutForms or VersionOfOneStage or VersionWithoutRows or Version))
            throw new CommandException($"the state file '{path}' is of version {version}, this program writes version {Version}: choose another folder with --state");
        var isOld = version is VersionWithoutBirth or VersionWithoutForms;
        var (hasJobs, hasOutbox) = (version is VersionOfOneStage or VersionWithoutRows, version is VersionWithoutRows);
        // What a state of a former version has written and where it began to read is not known: all is written again, and it has read everything.
        Execute(
            connection,
            $"""
            BEGIN;
            {(version == VersionWithoutBirth ? "ALTER TABLE jobs ADD COLUMN born INTEGER NOT NULL DEFAULT 0;" : "")}
            {(isOld ? "ALTER TABLE jobs RENAME TO old_jobs;" : "")}
            CREATE TABLE IF NOT EXISTS jobs (
                job TEXT NOT NULL, state TEXT NOT NULL PRIMARY KEY, fingerprint TEXT NOT NULL, generation TEXT NOT NULL, place TEXT NOT NULL, born INTEGER NOT NULL,
                is_current INTEGER NOT NULL, is_written INTEGER NOT NULL, starts TEXT, keeps_rows INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
            {(isOld ? "INSERT INTO jobs SELECT job, job, fingerprint, generation, place, born, 1, 0, '', 0 FROM old_jobs; DROP TABLE old_jobs;" : "")}
            {(hasJobs ? "ALTER TABLE jobs ADD COLUMN keeps_rows INTEGER NOT NULL DEFAULT 0;" : "")}
            CREATE TABLE IF NOT EXISTS forms (
                state TEXT NOT NULL, fingerprint TEXT NOT NULL, place TEXT NOT NULL, name TEXT NOT NULL, script TEXT NOT NULL, PRIMARY KEY (state, fingerprint)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS groups (job TEXT NOT NULL, key TEXT NOT NULL, touched INTEGER NOT NULL, state BLOB NOT NULL, PRIMARY KEY (job, key));
            CREATE TABLE IF NOT EXISTS failures (
                job TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, reason TEXT NOT NULL, row BLOB NOT NULL, PRIMARY KEY (job, key));
            CREATE TABLE IF NOT EXISTS positions (job TEXT NOT NULL PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS topics (job TEXT NOT NULL PRIMARY KEY, topic TEXT NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS stages (job TEXT NOT NULL, stage INTEGER NOT NULL, key BLOB NOT NULL, state BLOB NOT NULL, PRIMARY KEY (job, stage, key)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS outbox (
                job TEXT NOT NULL, key TEXT NOT NULL, row BLOB NOT NULL, is_written INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (job, key)) WITHOUT ROWID;
            {(hasOutbox ? "ALTER TABLE outbox ADD COLUMN is_written INTEGER NOT NULL DEFAULT 0; UPDATE jobs SET starts = '' WHERE starts IS NULL AND state IN (SELECT job FROM stages);" : "")}
            PRAGMA user_version = {Version};
            COMMIT;
            """);
    }

    private JobState FindJob(SqliteConnection connection, string job, string fingerprint, string place, OutputForm form, DateTimeOffset now, bool goesBack)
    {
        using var transaction = connection.BeginTransaction();
        var known = Generations(connection, job);
        var found = known.Find(g => g.Fingerprint == fingerprint && (goesBack || g.IsCurrent));
        var isChanged = known.Count > 0 && found is not { IsCurrent: true };
        if (found is not { IsCurrent: true })
        {
            // Also one that is taken up again: the rows that it writes from now on are newer than those of the one in between.
            var born = EpochRule.Next(known.Select(g => g.Born), now);
            Execute(connection, "UPDATE jobs SET is_current = 0 WHERE job = $job", ("$job", job));
            if (found is null)
            {
                var generation = Guid.NewGuid().ToString("N")[..8];
                found = new Generation($"{job}@{generation}", fingerprint, generation, place, born, true, true, null, true);
                Execute(
                    connection, "INSERT INTO jobs VALUES ($job, $state, $fingerprint, $generation, $place, $born, 1, 1, NULL, 1)",
                    ("$job", job), ("$state", found.State), ("$fingerprint", fingerprint), ("$generation", generation), ("$place", place),
                    ("$born", born.ToUnixTimeMilliseconds()));
                Insert(connection, found.State, form);
            }
            else
            {
                found = found with { Born = born, IsCurrent = true, IsWritten = false };
                Execute(
                    connection, "UPDATE jobs SET is_current = 1, is_written = 0, born = $born WHERE state = $state",
                    ("$born", born.ToUnixTimeMilliseconds()), ("$state", found.State));
            }
        }
        Execute(connection, "UPDATE jobs SET place = $place WHERE state = $state", ("$place", place), ("$state", found.State));
        var state = new JobState(this, job, found.State)
        {
            Generation = found.Id,
            Fingerprint = fingerprint,
            Born = found.Born,
            Groups = CountGroups(connection, found.State),
            FormerPlace = found.Place,
            IsChanged = isChanged,
            Formers =
            [
                .. known.Where(g => g.State != found.State).OrderByDescending(g => g.IsCurrent).ThenByDescending(g => g.Born).Select(g => new FormerScript(
                    g.State, g.Fingerprint, CountGroups(connection, g.State), SourceStarts.Parse(g.Starts ?? ""), Forms(connection, g.State))
                {
                    HasRead = Has(connection, "groups", g.State) || Has(connection, "stages", g.State),
                    IsOfStages = Has(connection, "stages", g.State),
                    KeepsRows = g.KeepsRows,
                }),
            ],
            Form = form,
            Forms = Forms(connection, found.State),
            IsWritten = found.IsWritten,
            Start = found.Starts is { } starts ? SourceStarts.Parse(starts) : null,
            KeepsRows = found.KeepsRows,
            Failures = Failures(connection, found.State),
        };
        transaction.Commit();
        return state;
    }

    private static bool Has(SqliteConnection connection, string table, string state) => Scalar(connection, $"SELECT 1 FROM {table} WHERE job = $job LIMIT 1", ("$job", state)) is not null;

    private static List<Generation> Generations(SqliteConnection connection, string job)
    {
        using var command = Command(connection, "SELECT state, fingerprint, generation, place, born, is_current, is_written, starts, keeps_rows FROM jobs WHERE job = $job", [("$job", job)]);
        using var reader = command.ExecuteReader();
        var found = new List<Generation>();
        while (reader.Read())
            found.Add(new Generation(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
                reader.GetBoolean(5), reader.GetBoolean(6), reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetBoolean(8)));
        return found;
    }

    private static List<OutputForm> Forms(SqliteConnection connection, string state)
    {
        using var command = Command(connection, "SELECT fingerprint, place, name, script FROM forms WHERE state = $state", [("$state", state)]);
        using var reader = command.ExecuteReader();
        var forms = new List<OutputForm>();
        while (reader.Read())
            forms.Add(new OutputForm(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return forms;
    }

    private static List<StandingFailure> Failures(SqliteConnection connection, string job)
    {
        using var command = Command(connection, "SELECT key, version, reason, row FROM failures WHERE job = $job", [("$job", job)]);
        using var reader = command.ExecuteReader();
        var failures = new List<StandingFailure>();
        while (reader.Read())
            failures.Add(new StandingFailure(reader.GetString(0), new RowVersion(0, 0, reader.GetInt64(1)), reader.GetString(2), (byte[])reader.GetValue(3)));
        return failures;
    }

    private sealed record Generation(string State, string Fingerprint, string Id, string Place, DateTimeOffset Born, bool IsCurrent, bool IsWritten, string? Starts, bool KeepsRows);
}
