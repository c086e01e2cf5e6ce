using System.Globalization;
using System.Net.Sockets;

namespace Serverless.TestServers;

/// <summary>An Azurite server, which stands for an Azure storage account: blobs, queues and tables.</summary>
public sealed class AzuriteServer : TestServer
{
    private const string Account = "devstoreaccount1";

    // Azurite's own, which everybody knows.
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly int _queuePort = FreePort();
    private readonly int _tablePort = FreePort();
    private readonly bool _isLasting;
    private string _folder = "";

    private AzuriteServer(bool isLasting) => _isLasting = isLasting;

    /// <summary>How to connect to the account.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://{Host}:{Port}/{Account};QueueEndpoint=http://{Host}:{_queuePort}/{Account};TableEndpoint=http://{Host}:{_tablePort}/{Account};";

    /// <inheritdoc />
    protected override string User => "root";

    /// <summary>Makes and starts one.</summary>
    /// <param name="isLasting">Whether it keeps its data when it is stopped; without, it is faster.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<AzuriteServer> StartAsync(bool isLasting, CancellationToken cancellationToken)
    {
        var server = new AzuriteServer(isLasting);
        await server.StartAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc />
    protected override async Task PrepareAsync(CancellationToken cancellationToken) =>
        _folder = await NpmPackages.FindOrInstallAsync("azurite-3.37.0", ["azurite@3.37.0", "node@22"], cancellationToken);

    /// <inheritdoc />
    // Without the last, it refuses clients whose version of the protocol is newer than its own.
    protected override IEnumerable<string> CommandLine() =>
    [
        Path.Combine(_folder, "node_modules", ".bin", "node"), Path.Combine(_folder, "node_modules", "azurite", "dist", "src", "azurite.js"),
        "--blobHost", Host, "--queueHost", Host, "--tableHost", Host, "--blobPort", Text(Port), "--queuePort", Text(_queuePort), "--tablePort", Text(_tablePort),
        .. _isLasting ? (string[])["--location", Path.Combine(Folder, "data")] : ["--inMemoryPersistence"],
        "--silent", "--disableTelemetry", "--skipApiVersionCheck",
    ];

    /// <inheritdoc />
    protected override async Task TryConnectAsync(CancellationToken cancellationToken)
    {
        foreach (var port in (int[])[Port, _queuePort, _tablePort])
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Host, port, cancellationToken);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
