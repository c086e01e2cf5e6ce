using Serverless.Browser.Tests;
using Xunit.Runner.InProc.SystemConsole;

return args switch
{
    ["screenshots", var folder] => await Screenshots.WriteAsync(folder),
    ["screenshots", var folder, "all"] => await Screenshots.WriteAllAsync(folder),
    _ => await ConsoleRunner.Run(args),
};
