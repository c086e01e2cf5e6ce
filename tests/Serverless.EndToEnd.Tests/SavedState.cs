using Microsoft.Data.Sqlite;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Sql;
using Serverless.Engine.State;

namespace Serverless.EndToEnd.Tests;

/// <summary>The state of a job of the repository, as a run has left it in its folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="job">The job.</param>
internal sealed class SavedState(string folder, string job)
{
    private readonly CompiledJob _compiled = new(
        ScriptCompiler.Compile(new SourceText(job, File.ReadAllText(Repository.Job($"{job}.sql"))), new ConnectorCatalog()).Jobs.Single());

    /// <summary>The consumer group; null where no run has begun yet.</summary>
    public string? ConsumerGroup => Query("SELECT fingerprint, generation FROM jobs WHERE job = $job", r => $"gamegroup-{r.GetString(0)}-{r.GetString(1)}").SingleOrDefault();

    /// <summary>How far the state covers each partition.</summary>
    public long[] CoveredUpTo(int partitions)
    {
        var ends = new long[partitions];
        foreach (var (key, state) in Query("SELECT key, groups.state FROM groups JOIN jobs ON groups.job = jobs.state WHERE jobs.job = $job", r => (r.GetString(0), (byte[])r.GetValue(1))))
            foreach (var (partition, ranges) in Group.Read(_compiled, key, state).Applied!.Partitions)
                ends[partition] = Math.Max(ends[partition], ranges[^1].Last + 1);
        return ends;
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        var file = Path.Combine(folder, "state.db");
        if (!File.Exists(file))
            return rows;
        try
        {
            using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$job", job);
            using var reader = command.ExecuteReader();
            while (reader.Read())
                rows.Add(read(reader));
        }
        catch (SqliteException)
        {
            // The first run is just making it.
            rows.Clear();
        }
        return rows;
    }
}
