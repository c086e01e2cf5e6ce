using System.Globalization;
using Serverless.Queries.Tests;
using Serverless.Queries.Tests.Nexmark;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["random", var count] => RandomQueries.Run(1, int.Parse(count, CultureInfo.InvariantCulture), Console.Out),
    ["random", var count, var first] => RandomQueries.Run(int.Parse(first, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture), Console.Out),
    ["nexmark", var count] => NexmarkQueries.Run(int.Parse(count, CultureInfo.InvariantCulture), Console.Out),
    ["nexmark", var count, var name] => NexmarkQueries.Run(int.Parse(count, CultureInfo.InvariantCulture), Console.Out, name),
    ["seed", var seed] => RandomQueries.Replay(int.Parse(seed, CultureInfo.InvariantCulture), Console.Out),
    _ => await ConsoleRunner.Run(args),
};
