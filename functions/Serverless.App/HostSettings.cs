using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Serverless.Durable;

namespace Serverless.App;

/// <summary>What the app has to know of host.json, and of the app settings that overrule it.</summary>
/// <param name="HubName">The task hub's name.</param>
/// <param name="StorageType">The kind of storage the task hub is in; <c>AzureStorage</c> unless set.</param>
/// <param name="StorageConnection">The name of the connection to it.</param>
/// <param name="OffsetReset">Where reading a topic starts: <c>earliest</c> or <c>latest</c>.</param>
/// <param name="BatchSize">The most records of a batch.</param>
internal sealed partial record HostSettings(string HubName, string StorageType, string StorageConnection, string OffsetReset, int BatchSize)
{
    private const string Storage = "AzureWebJobsStorage";
    private const string Overrules = "AzureFunctionsJobHost";

    /// <summary>How many bytes of groups a cell holds before cold ones leave it. Up to there an operation costs what a request to the storage does.</summary>
    public int HotBytes { get; init; } = DurableJob.DefaultHotBytes;

    /// <summary>Whether the task hub is in tables, queues and blobs of a storage account.</summary>
    public bool IsInStorageAccount => StorageType.Equals("AzureStorage", StringComparison.OrdinalIgnoreCase) || StorageType.Equals("azure_storage", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the task hub takes.</summary>
    public HubLimits Hub => StorageType.Equals("azureManaged", StringComparison.OrdinalIgnoreCase) ? HubLimits.Scheduler : HubLimits.StorageAccount;

    /// <summary>Reads host.json.</summary>
    /// <param name="path">The file.</param>
    /// <param name="settings">The app settings.</param>
    public static HostSettings Load(string path, IConfiguration settings)
    {
        var file = new ConfigurationBuilder().AddJsonFile(path, optional: false).Build();
        return new HostSettings(
            Resolve(Value("extensions:durableTask:hubName") ?? settings["WEBSITE_SITE_NAME"] ?? "TestHubName"),
            Value("extensions:durableTask:storageProvider:type") ?? "AzureStorage",
            Value("extensions:durableTask:storageProvider:connectionName") ?? Value("extensions:durableTask:storageProvider:connectionStringName") ?? Storage,
            Value("extensions:kafka:autoOffsetReset") ?? "earliest",
            int.TryParse(Value("extensions:kafka:maxBatchSize"), out var size) ? size : 64);

        string? Value(string key) => settings[$"{Overrules}:{key}"] ?? file[key];

        string Resolve(string value) => Reference().Replace(value, match => settings[match.Groups[1].Value] ?? match.Value);
    }

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();
}
