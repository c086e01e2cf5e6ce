using System.Diagnostics;
using System.Text;

namespace Serverless.Local.Tests.Security;

/// <summary>A command line that runs in this process beside the test.</summary>
internal sealed class BackgroundRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Writer _said = new();
    private readonly Task<int> _run;

    public BackgroundRun(params string[] args) => _run = CommandLine.RunAsync(args, new Terminal(() => Stream.Null, TextWriter.Null, _said), _stop.Token, _ => null);

    /// <summary>Runs a command line until its first warning, some times if that takes a second, because other tests use the machine, too.</summary>
    /// <returns>The warning, and the shortest time that it took.</returns>
    public static async Task<(string Warning, TimeSpan After)> TimeWarningAsync(params string[] args)
    {
        var (warning, fastest) = ("", TimeSpan.MaxValue);
        for (var tries = 0; tries < 5 && fastest >= TimeSpan.FromSeconds(1); tries++)
        {
            var watch = Stopwatch.StartNew();
            await using var run = new BackgroundRun(args);
            warning = await run.FirstWarningAsync();
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
        }
        return (warning, fastest);
    }

    /// <summary>What it has said since it was last taken for read.</summary>
    public string Text => _said.ToString();

    /// <summary>Takes all that it has said for read.</summary>
    public void Forget() => _said.Clear();

    /// <summary>Waits for a line.</summary>
    public async Task<string> LineAsync(Func<string, bool> match)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var isOver = _run.IsCompleted || clock.Elapsed > Patience;
            // The last is not whole yet.
            if (Array.Find(Text.Split('\n')[..^1], l => match(l)) is { } line)
                return line;
            Assert.False(isOver, $"the line did not come; what came is:\n{Text}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits for the first warning or error.</summary>
    public Task<string> FirstWarningAsync() => LineAsync(l => l.StartsWith("warning: ", StringComparison.Ordinal) || l.StartsWith("error: ", StringComparison.Ordinal));

    /// <summary>Stops it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        await _said.DisposeAsync();
    }

    private sealed class Writer : StringWriter
    {
        private readonly Lock _lock = new();
        private readonly StringBuilder _text = new();

        public override void Write(char value) => Add(value.ToString());

        public override void Write(string? value) => Add(value);

        public override void Write(ReadOnlySpan<char> buffer) => Add(buffer.ToString());

        public override void Write(char[] buffer, int index, int count) => Add(new string(buffer, index, count));

        public override void WriteLine(string? value) => Add($"{value}\n");

        public override string ToString()
        {
            lock (_lock)
                return _text.ToString();
        }

        public void Clear()
        {
            lock (_lock)
                _text.Clear();
        }

        private void Add(string? text)
        {
            lock (_lock)
                _text.Append(text);
        }
    }
}
