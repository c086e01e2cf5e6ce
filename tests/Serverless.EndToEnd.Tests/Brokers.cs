namespace Serverless.EndToEnd.Tests;

/// <summary>What a run needs to know of its brokers, all of it.</summary>
internal static class Brokers
{
    /// <summary>The variables of a process that reads from brokers without users: a name and a password, wherever they were set, are not.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> At(string address) =>
    [
        new("KAFKA_BROKERS", address), new("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT"), new("KAFKA_USERNAME", null), new("KAFKA_PASSWORD", null),
    ];

    /// <summary>The address that <c>serverless-sql broker</c> prints.</summary>
    public static async Task<string> AddressAsync(CliProcess broker)
    {
        const string says = "bootstrap.servers=";
        return (await broker.WaitForLineAsync(l => l.StartsWith(says, StringComparison.Ordinal)))[says.Length..];
    }
}
