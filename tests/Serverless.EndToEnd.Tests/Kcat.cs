using System.Diagnostics;

namespace Serverless.EndToEnd.Tests;

/// <summary>kcat, a Kafka client that is not ours.</summary>
internal static class Kcat
{
    /// <summary>Sends events, each with its key.</summary>
    public static async Task SendAsync(string brokers, string topic, IEnumerable<(string Key, string Event)> events)
    {
        // A tab between key and event: JSON has none.
        var program = await DebianPackage.FindOrInstallAsync("kcat", () => DebianPackage.OnPath("kcat"), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(program, ["-P", "-b", brokers, "-t", topic, "-K", "\t"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var kcat = Process.Start(start)!;
        var errors = kcat.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var (key, value) in events)
            await kcat.StandardInput.WriteAsync($"{key}\t{value}\n");
        kcat.StandardInput.Close();
        await kcat.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(kcat.ExitCode == 0, await errors);
    }
}
