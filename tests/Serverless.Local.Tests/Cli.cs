using System.Text;

namespace Serverless.Local.Tests;

/// <summary>Runs command lines in this process.</summary>
internal static class Cli
{
    public static Task<CliResult> RunAsync(params string[] args) => RunAsync(args, _ => null, "", TestContext.Current.CancellationToken);

    public static async Task<CliResult> RunAsync(string[] args, Func<string, string?> settings, string input, CancellationToken stop)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(() => new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error);
        var exitCode = await CommandLine.RunAsync(args, terminal, stop, settings);
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>The settings that the jobs of the repository need to read from some brokers.</summary>
    public static Func<string, string?> Brokers(string address) => name => name switch
    {
        "KAFKA_BROKERS" => address,
        "KAFKA_SECURITY_PROTOCOL" => "PLAINTEXT",
        "KAFKA_USERNAME" or "KAFKA_PASSWORD" => "unused",
        _ => null,
    };
}

/// <summary>How a command line ended.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.ReplaceLineEndings("\n").Split('\n');
}
