using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serverless.TestServers;

/// <summary>
/// A database server of one's own: on a free port of 127.0.0.1, with its data in a temporary folder. Both are gone when it is disposed of, and
/// when this process ends, however it ends.
/// </summary>
public abstract class TestServer : IAsyncDisposable
{
    // The server lives as long as this shell, and the shell as long as its standard input is open, which the kernel closes with this process.
    private const string Watch = """
        folder=$1; signal=$2; shift 2
        "$@" < /dev/null & server=$!
        trap '' INT TERM
        read line
        kill -${line:-$signal} $server
        wait $server
        [ "$line" ] || rm -rf "$folder"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _log = new();
    private Process? _process;

    /// <summary>The address it listens on.</summary>
    public const string Host = "127.0.0.1";

    /// <summary>The port it listens on; the same after a restart.</summary>
    public int Port { get; private set; }

    /// <summary>The folder of its data.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("serverless-server-").FullName;

    /// <summary>What it has printed.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>The unprivileged user it runs as, where this process is root's.</summary>
    protected abstract string User { get; }

    /// <summary>The signal that ends it quickly and in order.</summary>
    protected virtual string StopSignal => "INT";

    /// <summary>Makes its data.</summary>
    protected abstract Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>The command line that runs it in the foreground.</summary>
    protected abstract IEnumerable<string> CommandLine();

    /// <summary>Fails while it does not take connections.</summary>
    protected abstract Task TryConnectAsync(CancellationToken cancellationToken);

    /// <summary>Starts it, also again after <see cref="StopAsync"/> or <see cref="KillAsync"/>, and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (Port == 0)
        {
            Port = FreePort();
            await PrepareAsync(cancellationToken);
            if (IsRoot)
                await DebianPackage.RunAsync("chown", ["-R", User, Folder], cancellationToken);
        }
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in (string[])["-c", Watch, "sh", Folder, StopSignal, .. AsUser(CommandLine())])
            start.ArgumentList.Add(arg);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                await TryConnectAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (watch.Elapsed > Patience)
                    throw new InvalidOperationException($"the server does not start: {e.Message}; it has printed:\n{Log}", e);
            }
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Ends it in order, cutting its connections; its data stay.</summary>
    public Task StopAsync() => EndAsync(StopSignal);

    /// <summary>Ends it without warning; its data stay.</summary>
    public Task KillAsync() => EndAsync("KILL");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await EndAsync("");
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A command line run as the server's own user: servers refuse to run as root.</summary>
    protected IEnumerable<string> AsUser(IEnumerable<string> command) =>
        IsRoot ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", .. command] : command;

    /// <summary>Runs a program of the server's as its own user.</summary>
    protected async Task RunAsync(IEnumerable<string> command, CancellationToken cancellationToken)
    {
        if (IsRoot)
            await DebianPackage.RunAsync("chown", ["-R", User, Folder], cancellationToken);
        string[] line = [.. AsUser(command)];
        await DebianPackage.RunAsync(line[0], line[1..], cancellationToken);
    }

    private static bool IsRoot => Environment.UserName == "root";

    private async Task EndAsync(string line)
    {
        if (_process is not { } process)
            return;
        _process = null;
        await process.StandardInput.WriteLineAsync(line);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.Dispose();
    }

    // Below the ports that clients get, so that no connection takes it while the server is down.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(15_000, 32_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(Host), port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }
    }

    private void Keep(string? line)
    {
        lock (_log)
            if (line is not null)
                _log.AppendLine(CultureInfo.InvariantCulture, $"{line}");
    }
}
