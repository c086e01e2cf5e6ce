using Serverless.Benchmarks;

return args switch
{
    ["engine"] or ["engine", _] => EngineBenchmark.Run(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 400_000),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Serverless.Benchmarks engine [EVENTS]      the engine beside the same aggregation written by hand, on one core");
    return 2;
}
