using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.App.Generations;

/// <summary>The storage account, as the host finds it: by a connection string, or by its address or name and an identity.</summary>
internal static class StorageAccount
{
    private const string Prefix = "AzureWebJobs";

    /// <summary>Opens the blobs of the one that the task hub is in, or, where that is elsewhere, of the host's own.</summary>
    public static BlobServiceClient Open(IServiceProvider services) => Open(services.GetRequiredService<IConfiguration>(), NameOf(services));

    /// <summary>Opens the tables of the same.</summary>
    public static TableServiceClient OpenTables(IServiceProvider services) => OpenTables(services.GetRequiredService<IConfiguration>(), NameOf(services));

    /// <summary>Opens the blobs of one by the name of its connection.</summary>
    /// <exception cref="StartupException">The settings say of none.</exception>
    public static BlobServiceClient Open(IConfiguration settings, string name) =>
        Open(settings, name, "blob", connection => new BlobServiceClient(connection), (uri, credential) => new BlobServiceClient(uri, credential));

    /// <summary>Opens the tables of one by the name of its connection.</summary>
    /// <exception cref="StartupException">The settings say of none.</exception>
    public static TableServiceClient OpenTables(IConfiguration settings, string name) =>
        Open(settings, name, "table", connection => new TableServiceClient(connection), (uri, credential) => new TableServiceClient(uri, credential));

    private static string NameOf(IServiceProvider services) => services.GetRequiredService<HostSettings>() is { IsInStorageAccount: true } host ? host.StorageConnection : $"{Prefix}Storage";

    private static T Open<T>(IConfiguration settings, string name, string kind, Func<string, T> byConnection, Func<Uri, TokenCredential, T> byIdentity)
    {
        foreach (var candidate in (string[])[$"{Prefix}{name}", name, $"ConnectionStrings:{name}"])
        {
            var section = settings.GetSection(candidate);
            if (AppSettings.IsReference(section.Value))
                throw new StartupException([AppSettings.ProblemOf(candidate)]);
            if (!string.IsNullOrEmpty(section.Value))
                return byConnection(section.Value);
            if (UriOf(section, kind) is { } uri)
                return byIdentity(uri, CredentialOf(section));
        }
        throw new StartupException(
            [$"the setting '{name}' is missing, so there is no storage account: set it to a connection string, or '{name}__{kind}ServiceUri' to the address of an account's {kind}s to reach it with the app's identity"]);
    }

    private static Uri? UriOf(IConfigurationSection section, string kind) =>
        section[$"{kind}ServiceUri"] is { Length: > 0 } uri ? new Uri(uri)
        : section["accountName"] is { Length: > 0 } account ? new Uri($"https://{account}.{kind}.core.windows.net")
        : null;

    private static TokenCredential CredentialOf(IConfigurationSection section)
    {
        var id = section["clientId"];
        if ("managedidentity".Equals(section["credential"], StringComparison.OrdinalIgnoreCase))
            return new ManagedIdentityCredential(string.IsNullOrEmpty(id) ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(id));
        return section["tenantId"] is { Length: > 0 } tenant && section["clientSecret"] is { Length: > 0 } secret
            ? new ClientSecretCredential(tenant, id, secret)
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = id });
    }
}
