using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Serverless.Durable;

namespace Serverless.App.Generations;

/// <summary>
/// Generations as blobs, one a job. Where the task hub is in a storage account, they are in the container for its large messages, which is deleted with
/// it; otherwise in one of their own, <c>serverless-&lt;hub&gt;</c>, which is to be deleted with the hub.
/// </summary>
/// <param name="account">The storage account.</param>
/// <param name="host">Which hub it is.</param>
internal sealed class BlobGenerations(BlobServiceClient account, HostSettings host) : IGenerations
{
    private const string Folder = "serverless/";
    private const int Attempts = 5;

    private readonly BlobContainerClient _container = account.GetBlobContainerClient(ContainerOf(host));

    /// <summary>The container of a hub.</summary>
    public static string ContainerOf(HostSettings host)
    {
        var hub = host.HubName.ToLowerInvariant();
        return host.IsInStorageAccount ? $"{hub}-largemessages" : $"serverless-{hub}";
    }

    /// <inheritdoc />
    public async Task<Generation?> ChangeAsync(string job, Func<Generation?, Task<Generation?>> change, CancellationToken cancellationToken)
    {
        await _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var (known, tag) = await ReadAsync(job, cancellationToken);
            if (await change(known) is not { } changed || changed == known)
                return known;
            try
            {
                await BlobOf(job).UploadAsync(
                    BinaryData.FromObjectAsJson(changed, GenerationJson.Default.Options),
                    new BlobUploadOptions { Conditions = tag is { } current ? new BlobRequestConditions { IfMatch = current } : new BlobRequestConditions { IfNoneMatch = ETag.All } },
                    cancellationToken);
                return changed;
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412 && attempt < Attempts)
            {
                // Another one was first.
            }
        }
    }

    /// <inheritdoc />
    public async Task<Generation?> FindAsync(string job, CancellationToken cancellationToken) => (await ReadAsync(job, cancellationToken)).Generation;

    /// <inheritdoc />
    public async Task ForgetOthersAsync(IReadOnlyCollection<string> jobs, CancellationToken cancellationToken)
    {
        var kept = jobs.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        await foreach (var blob in _container.GetBlobsAsync(BlobTraits.None, BlobStates.None, Folder, cancellationToken))
            if (!kept.Contains(blob.Name))
                await _container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
    }

    private async Task<(Generation? Generation, ETag? Tag)> ReadAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            var blob = (await BlobOf(job).DownloadContentAsync(cancellationToken)).Value;
            return (JsonSerializer.Deserialize(blob.Content.ToMemory().Span, GenerationJson.Default.Generation), blob.Details.ETag);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return (null, null);
        }
    }

    private BlobClient BlobOf(string job) => _container.GetBlobClient(NameOf(job));

    private static string NameOf(string job) => $"{Folder}{Uri.EscapeDataString(job)}.json";
}
