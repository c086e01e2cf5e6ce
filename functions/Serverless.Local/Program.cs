using Serverless.Local;

using var signals = new StopSignals();
return await CommandLine.RunAsync(args, new Terminal(Console.OpenStandardInput, Console.Out, Console.Error), signals.Stop);
