using Serverless.DurableRuntime.Host;

// Runs until its standard input ends. A line "die" there ends the worker, with all that it has in hand, and starts another; the host lives on. A line
// "entities" prints what they keep.
await using var host = await RuntimeHost.StartAsync(HostOptions.Parse(args));
Console.WriteLine("running");
while (await Console.In.ReadLineAsync() is { } line)
    if (line == "die")
        host.EndWorker();
    else if (line == "entities")
        await host.PrintEntitiesAsync();
