using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Infra.Tests;

/// <summary>The Bicep compiler as one process, which is asked in JSON-RPC: it loads its types once.</summary>
internal sealed class Compiler : IDisposable
{
    private readonly Process _process;
    private int _calls;

    /// <summary>Starts it.</summary>
    /// <param name="environment">What <c>readEnvironmentVariable</c> finds.</param>
    public Compiler(IEnumerable<KeyValuePair<string, string>> environment) => _process = Start(["jsonrpc", "--stdio"], environment);

    /// <summary>The compiler: of the package, or the one that is installed where there is no package.</summary>
    public static string Path { get; } = Metadata("Bicep") ?? "bicep";

    /// <summary>What is missing; null where the compiler is there.</summary>
    public static string? Missing { get; } = Metadata("Bicep") is not null || IsInstalled()
        ? null
        : $"no package of the Bicep compiler for this platform: install Bicep {Metadata("BicepVersion")} so that 'bicep' is found (https://aka.ms/bicep-install)";

    /// <summary>Runs a command of it to the end.</summary>
    /// <returns>All that it says, and its exit code.</returns>
    public static (string Output, int ExitCode) Run(params string[] arguments)
    {
        using var process = Start(arguments, []);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (output, process.ExitCode);
    }

    /// <summary>Asks it.</summary>
    public JsonNode Call(string method, JsonObject parameters)
    {
        var request = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = ++_calls,
            ["method"] = method,
            ["params"] = new JsonArray(parameters),
        }.ToJsonString());
        var input = _process.StandardInput.BaseStream;
        input.Write(Encoding.ASCII.GetBytes($"Content-Length: {request.Length}\r\n\r\n"));
        input.Write(request);
        input.Flush();
        var answer = JsonNode.Parse(Read())!;
        return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private byte[] Read()
    {
        var output = _process.StandardOutput.BaseStream;
        var header = new StringBuilder();
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            header.Append(output.ReadByte() is var b and >= 0 ? (char)b : throw new EndOfStreamException(_process.StandardError.ReadToEnd()));
        var length = header.ToString().Split("\r\n").Single(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))["Content-Length:".Length..];
        var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
        output.ReadExactly(body);
        return body;
    }

    private static Process Start(IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string? Metadata(string key) =>
        typeof(Compiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;

    private static bool IsInstalled()
    {
        try
        {
            return Run("--version").ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
