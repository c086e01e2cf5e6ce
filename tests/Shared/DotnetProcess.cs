using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Serverless.Testing;

/// <summary>A program of the repository as a process of its own.</summary>
internal abstract class DotnetProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    /// <param name="program">A type of the program's.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="environment">Variables to set; those with null are unset.</param>
    /// <param name="takesLines">Whether it is written to: see <see cref="WriteLineAsync"/>.</param>
    protected DotnetProcess(Type program, IEnumerable<string> args, IEnumerable<KeyValuePair<string, string?>>? environment = null, bool takesLines = false)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = takesLines, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(program.Assembly.Location);
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        // Whoever runs the tests may speak another language.
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has printed so far.</summary>
    public string Text => string.Join('\n', _lines);

    /// <summary>Waits for a line, for two minutes.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> match)
    {
        string? line = null;
        await WaitUntilAsync(() => (line = _lines.FirstOrDefault(match)) is not null);
        return line!;
    }

    /// <summary>Waits, for two minutes, until something is so that this process makes so.</summary>
    public async Task WaitUntilAsync(Func<bool> isSo, int lookEveryMilliseconds = 20)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var isOver = _process.HasExited || watch.Elapsed > Patience;
            if (isSo())
                return;
            if (isOver)
                throw new TimeoutException($"what was waited for did not happen; the process {(_process.HasExited ? "has ended and " : "")}has printed:\n{Text}");
            await Task.Delay(lookEveryMilliseconds, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for its end, for two minutes.</summary>
    public async Task<int> WaitAsync()
    {
        try
        {
            await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the process does not end; it has printed:\n{Text}");
        }
    }

    /// <summary>Sends a signal, as <c>kill</c> names it.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to stop, as Ctrl+C does, and waits for its end.</summary>
    public async Task<int> StopAsync(string signal = "INT")
    {
        await SignalAsync(signal);
        return await WaitAsync();
    }

    /// <summary>Asks it to stop, and fails with all it has printed where it does not end in order.</summary>
    public async Task EndInOrderAsync(string signal = "INT")
    {
        var exitCode = await StopAsync(signal);
        Assert.True(exitCode == 0, $"exit code {exitCode}; it has printed:\n{Text}");
    }

    /// <summary>Writes a line to its standard input.</summary>
    public Task WriteLineAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Ends it without warning.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }
}
