using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Serverless.App.Generations;

/// <summary>The storage account, as the host finds it: by a connection string, or by its address or name and an identity.</summary>
internal static class StorageAccount
{
    private const string Prefix = "AzureWebJobs";

    /// <summary>Opens the one that the task hub is in, or, where that is elsewhere, the host's own.</summary>
    public static BlobServiceClient Open(IServiceProvider services)
    {
        var host = services.GetRequiredService<HostSettings>();
        return Open(services.GetRequiredService<IConfiguration>(), host.IsInStorageAccount ? host.StorageConnection : $"{Prefix}Storage");
    }

    /// <summary>Opens one by the name of its connection.</summary>
    /// <exception cref="StartupException">The settings say of none.</exception>
    public static BlobServiceClient Open(IConfiguration settings, string name)
    {
        foreach (var candidate in (string[])[$"{Prefix}{name}", name, $"ConnectionStrings:{name}"])
        {
            var section = settings.GetSection(candidate);
            if (AppSettings.IsReference(section.Value))
                throw new StartupException([AppSettings.ProblemOf(candidate)]);
            if (!string.IsNullOrEmpty(section.Value))
                return new BlobServiceClient(section.Value);
            if (UriOf(section) is { } uri)
                return new BlobServiceClient(uri, CredentialOf(section));
        }
        throw new StartupException(
            [$"the setting '{name}' is missing, so there is no storage account: set it to a connection string, or '{name}__blobServiceUri' to the address of an account's blobs to reach it with the app's identity"]);
    }

    private static Uri? UriOf(IConfigurationSection section) =>
        section["blobServiceUri"] is { Length: > 0 } uri ? new Uri(uri)
        : section["accountName"] is { Length: > 0 } account ? new Uri($"https://{account}.blob.core.windows.net")
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
