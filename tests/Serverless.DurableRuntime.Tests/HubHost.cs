using System.Diagnostics;

namespace Serverless.DurableRuntime.Tests;

/// <summary>A host on a task hub of its own, which may be killed and started again.</summary>
/// <param name="storage">The storage account.</param>
/// <param name="brokers">The brokers, without security.</param>
/// <param name="databases">The settings of the databases.</param>
internal sealed class HubHost(AzuriteServer storage, string brokers, IEnumerable<KeyValuePair<string, string?>> databases) : IDisposable
{
    // As long as a host may take to print what its entities keep.
    private static readonly TimeSpan Prints = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, string?> _environment = new(databases)
    {
        ["KAFKA_BROKERS"] = brokers, ["KAFKA_SECURITY_PROTOCOL"] = "PLAINTEXT", ["KAFKA_USERNAME"] = null, ["KAFKA_PASSWORD"] = null,
        ["AzureWebJobsStorage"] = storage.ConnectionString,
        ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = $"Hub{Guid.NewGuid():N}"[..20],
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__partitionCount"] = "1",
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__maxQueuePollingInterval"] = "00:00:00.5",
        // What a killed host had in hand comes again after this, and so does what takes longer on a busy machine.
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__controlQueueVisibilityTimeout"] = "00:00:20",
        ["AzureFunctionsJobHost__extensions__durableTask__storageProvider__controlQueueBufferThreshold"] = "32",
    };

    private HostProcess? _process;

    /// <summary>For how long the tables may stay wrong without a change: longer than any pause before something is tried again, on a machine that is busy with other things.</summary>
    public TimeSpan LongestStandstill { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>What it has printed since it was started.</summary>
    public string Text => _process?.Text ?? "";

    /// <summary>Starts it, and waits until it runs.</summary>
    public async Task StartAsync(IEnumerable<string> arguments)
    {
        _process = new HostProcess(arguments, _environment);
        await _process.WaitForLineAsync(line => line == "running");
    }

    /// <summary>Kills it.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Ends the worker within it, with all that it has in hand.</summary>
    public Task EndWorkerAsync() => _process!.WriteLineAsync("die");

    /// <summary>Waits until it prints a line.</summary>
    public Task PrintsAsync(Func<string, bool> match) => _process!.WaitForLineAsync(match);

    /// <summary>Waits until the tables are as they should be, for as long as they change.</summary>
    /// <param name="look">Reads them.</param>
    /// <param name="isSo">Whether they are.</param>
    /// <param name="what">Says what is wrong.</param>
    public async Task UntilAsync(Func<Task<string[]>> look, Func<string[], bool> isSo, Func<string[], string> what)
    {
        var watch = Stopwatch.StartNew();
        string[] last = [];
        while (true)
        {
            var now = await look();
            if (isSo(now))
                return;
            if (!now.SequenceEqual(last))
                watch.Restart();
            else if (watch.Elapsed > LongestStandstill)
            {
                await _process!.WriteLineAsync("entities");
                await Task.Delay(Prints, TestContext.Current.CancellationToken);
                throw new TimeoutException($"{what(now)}\nThe host has printed:\n{Text}");
            }
            last = now;
            await Task.Delay(1_000, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until the tables are those.</summary>
    public Task UntilAsync(Func<Task<string[]>> look, string[] expected) => UntilAsync(
        look,
        now => now.SequenceEqual(expected),
        now => $"of {expected.Length} rows {expected.Except(now).Count()} are not there, such as:\n{string.Join('\n', expected.Except(now).Take(5))}\nand {now.Except(expected).Count()} are wrong, such as:\n{string.Join('\n', now.Except(expected).Take(5))}");

    public void Dispose() => _process?.Dispose();
}
