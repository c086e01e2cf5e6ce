using System.Data.Common;
using Azure.Core;
using Azure.Identity;

namespace Serverless.App.Telemetry;

/// <summary>The identity that telemetry is sent with, as the host reads it too: <c>APPLICATIONINSIGHTS_AUTHENTICATION_STRING</c>.</summary>
internal static class MonitorCredential
{
    /// <summary>Reads <c>Authorization=AAD</c>, with <c>ClientId=…</c> for a user-assigned identity; null for anything else, where the key in the connection string is enough.</summary>
    public static TokenCredential? Of(string? setting)
    {
        var parts = new DbConnectionStringBuilder { ConnectionString = setting ?? "" };
        if (!parts.TryGetValue("Authorization", out var kind) || !"AAD".Equals(kind as string, StringComparison.OrdinalIgnoreCase))
            return null;
        return new ManagedIdentityCredential(
            parts.TryGetValue("ClientId", out var id) ? ManagedIdentityId.FromUserAssignedClientId((string)id) : ManagedIdentityId.SystemAssigned);
    }
}
