using Serverless.Browser.Tests;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["screenshots", var folder] => await Screenshots.WriteAsync(folder),
    _ => await ConsoleRunner.Run(args),
};
