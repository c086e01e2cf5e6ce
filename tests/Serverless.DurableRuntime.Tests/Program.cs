using Serverless.DurableRuntime.Tests;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["nexmark", .. var options] => await NexmarkCommand.RunAsync(options),
    _ => await ConsoleRunner.Run(args),
};
