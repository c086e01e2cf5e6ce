namespace Serverless.EndToEnd.Tests;

/// <summary>A PostgreSQL server that stands for Hologres and a MariaDB server that stands for RDS, with the two jobs' tables, unless told otherwise, as <c>serverless-sql ddl</c> makes them.</summary>
internal sealed class Databases : IAsyncDisposable
{
    private const string Database = "game";

    private Databases(PostgreSqlServer hologres, MariaDbServer rds) => (Hologres, Rds) = (hologres, rds);

    public PostgreSqlServer Hologres { get; }

    public MariaDbServer Rds { get; }

    /// <summary>The variables of a process that writes to them.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Environment =>
    [
        new("HOLOGRES_ENDPOINT", $"{TestServer.Host}:{Hologres.Port}"), new("HOLOGRES_DATABASE", Database),
        new("HOLOGRES_USERNAME", PostgreSqlServer.Username), new("HOLOGRES_PASSWORD", PostgreSqlServer.Password),
        new("RDS_ENDPOINT", $"{TestServer.Host}:{Rds.Port}"), new("RDS_DATABASE", Database),
        new("RDS_USERNAME", MariaDbServer.Username), new("RDS_PASSWORD", MariaDbServer.Password),
    ];

    /// <summary>Starts both.</summary>
    /// <param name="makesTables">Whether the tables are made.</param>
    public static async Task<Databases> StartAsync(bool makesTables = true)
    {
        var stop = TestContext.Current.CancellationToken;
        var hologres = PostgreSqlServer.StartAsync([], stop);
        var databases = new Databases(await hologres, await MariaDbServer.StartAsync([], stop));
        await databases.Hologres.CreateDatabaseAsync(Database, stop);
        await databases.Rds.CreateDatabaseAsync(Database, stop);
        if (!makesTables)
            return databases;
        // PostgreSQL has no such procedure; in Hologres it sets a table's properties.
        await databases.HologresAsync("CREATE PROCEDURE set_table_property(text, text, text) LANGUAGE plpgsql AS 'BEGIN END'");
        await databases.HologresAsync(await DdlAsync("recharge.sql"));
        await databases.RdsAsync(await DdlAsync("pvuv.sql"));
        return databases;
    }

    /// <summary>Runs SQL in the one.</summary>
    public Task HologresAsync(string sql) => Hologres.ExecuteAsync(Database, sql, TestContext.Current.CancellationToken);

    /// <summary>Runs SQL in the other.</summary>
    public Task RdsAsync(string sql) => Rds.ExecuteAsync(Database, sql, TestContext.Current.CancellationToken);

    /// <summary>The rows of <c>consume</c>.</summary>
    public Task<string[]> ConsumeAsync() => Hologres.QueryAsync(Database, Results.Consume, TestContext.Current.CancellationToken);

    /// <summary>The rows of <c>result_cps_total_summary_pvuv_min</c>.</summary>
    public Task<string[]> PvUvAsync() => Rds.QueryAsync(Database, Results.PvUv, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Hologres.DisposeAsync();
        await Rds.DisposeAsync();
    }

    private static async Task<string> DdlAsync(string script)
    {
        using var ddl = new CliProcess(["ddl", Repository.Job(script), "--mysql", "mariadb"]);
        Assert.True(await ddl.WaitAsync() == 0, ddl.Text);
        return ddl.Text;
    }
}
