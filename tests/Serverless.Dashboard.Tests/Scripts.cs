using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Dashboard.Tests;

/// <summary>Jobs of scripts.</summary>
internal static class Scripts
{
    /// <summary>Sales per app and day, and of minutes; what a third job prints cannot be read.</summary>
    public const string Sales = """
        CREATE TABLE events (app STRING, ts STRING, amount DECIMAL(10, 2)) WITH ('connector' = 'kafka', 'topic' = 'sales', 'properties.bootstrap.servers' = '${BROKERS}', 'format' = 'json');
        CREATE TABLE days (app STRING, `day` DATE, total DECIMAL(20, 2), n BIGINT, PRIMARY KEY (app, `day`) NOT ENFORCED)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://${HOST}/shop', 'table-name' = 'days', 'username' = '${USER}', 'password' = '${PASSWORD}');
        CREATE TABLE minutes (at_minute STRING, total DECIMAL(20, 2), n BIGINT, PRIMARY KEY (at_minute) NOT ENFORCED)
        WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://${HOST}/shop', 'table-name' = 'minutes', 'username' = '${USER}', 'password' = '${PASSWORD}');
        CREATE TABLE printed (app STRING, n BIGINT) WITH ('connector' = 'print');
        INSERT INTO days SELECT app, CAST(ts AS DATE), SUM(amount), COUNT(*) FROM events GROUP BY app, CAST(ts AS DATE);
        INSERT INTO minutes SELECT DATE_FORMAT(MAX(CAST(ts AS TIMESTAMP)), 'HH:mm'), SUM(amount), COUNT(*) FROM events;
        INSERT INTO printed SELECT app, COUNT(*) FROM events GROUP BY app;
        """;

    /// <summary>The jobs of a script.</summary>
    public static IReadOnlyList<Job> Compile(string text, string name = "shop.sql")
    {
        var script = ScriptCompiler.Compile(new SourceText(name, text), new ConnectorCatalog());
        Assert.False(script.HasErrors, string.Join('\n', script.Diagnostics));
        return script.Jobs;
    }
}
