using System.ComponentModel;
using System.Diagnostics;

namespace Serverless.EndToEnd.Tests;

/// <summary>kcat, a Kafka client that is not ours.</summary>
internal static class Kcat
{
    /// <summary>Sends events, each with its key.</summary>
    public static async Task SendAsync(string brokers, string topic, IEnumerable<(string Key, string Event)> events)
    {
        // A tab between key and event: JSON has none.
        var start = new ProcessStartInfo("kcat", ["-P", "-b", brokers, "-t", topic, "-K", "\t"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var kcat = Start(start);
        var errors = kcat.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        foreach (var (key, value) in events)
            await kcat.StandardInput.WriteAsync($"{key}\t{value}\n");
        kcat.StandardInput.Close();
        await kcat.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(kcat.ExitCode == 0, await errors);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException("this test sends with kcat, which is not installed: apt-get install kcat (Debian, Ubuntu) or brew install kcat (macOS)");
        }
    }
}
