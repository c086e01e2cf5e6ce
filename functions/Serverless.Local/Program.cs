using Serverless.Local;
using Serverless.Local.Running;

// Memory may be short on any thread, and nobody waits for some of them.
AppDomain.CurrentDomain.UnhandledException += (_, e) =>
{
    if (e.ExceptionObject is not OutOfMemoryException)
        return;
    Console.Error.WriteLine($"error: there is not enough memory: {Memory.Advice}");
    Environment.Exit(ExitCode.Failed);
};
using var signals = new StopSignals();
return await CommandLine.RunAsync(args, new Terminal(Console.OpenStandardInput, Console.Out, Console.Error), signals.Stop);
