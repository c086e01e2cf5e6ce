using System.Globalization;
using Serverless.Benchmarks;
using Serverless.Connectors;
using Serverless.Testing;

return args switch
{
    ["engine"] => EngineBenchmark.Run(400_000),
    ["engine", "--baseline", var engine] => BaselineBenchmark.Run(engine, 400_000),
    ["engine", var events] => EngineBenchmark.Run(int.Parse(events, CultureInfo.InvariantCulture)),
    ["groups"] => GroupsBenchmark.Run(),
    ["state"] => State(),
    ["cells"] => await CellsBenchmark.RunAsync(null, CancellationToken.None),
    ["cells", var groups, var records] => await CellsBenchmark.RunAsync((int.Parse(groups, CultureInfo.InvariantCulture), int.Parse(records, CultureInfo.InvariantCulture)), CancellationToken.None),
    ["operations"] => await OperationsBenchmark.RunAsync(CancellationToken.None),
    ["sinks"] => await SinkBenchmark.RunAsync(CancellationToken.None),
    _ => Usage(),
};

static int State()
{
    const int Events = 10_000_000;
    var (before, end, bytes) = StateSize.Measure(Events, restarts: 1, new ConnectorCatalog());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{Events:N0} events over 1,000 groups and 4 partitions, each batch touching a tenth of the groups: at most {before} ranges per partition and group, {end} after a restart; {bytes:F0} bytes of state a group"));
    return 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Serverless.Benchmarks engine [EVENTS]      the engine beside the same aggregation written by hand, on one core
               Serverless.Benchmarks engine --baseline PATH/Serverless.Engine.dll    the engine beside an earlier build of it
               Serverless.Benchmarks groups               what a record costs, of a thousand groups and of a hundred thousand more
               Serverless.Benchmarks cells                durable entities on Azurite: a record's delay and records a second, in cells and with an entity a group
               Serverless.Benchmarks cells GROUPS RECORDS     the same of so many groups and records, in cells alone
               Serverless.Benchmarks operations           what an operation of an entity costs, and how large messages and states are, of a thousand keys and of a million
               Serverless.Benchmarks sinks                rows written to PostgreSQL and MariaDB beside a consumer that upserts one row an event
               Serverless.Benchmarks state                the ranges of offsets that groups hold after ten million events
        """);
    return 2;
}
