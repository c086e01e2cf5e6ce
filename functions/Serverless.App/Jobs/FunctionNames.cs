using System.Security.Cryptography;
using System.Text;

namespace Serverless.App.Jobs;

/// <summary>Names of functions.</summary>
internal static class FunctionNames
{
    // The host takes 127.
    private const int MostCharacters = 100;

    /// <summary><c>ingest-&lt;job&gt;</c>; where a job's name is no function's, or two come to one, with a few letters of a hash.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> jobs)
    {
        var names = jobs.Select(Plain).ToList();
        return [.. names.Select((name, i) => name == jobs[i] && names.Count(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) == 1
            ? $"ingest-{name}"
            : $"ingest-{name}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(jobs[i])))[..6]}")];
    }

    private static string Plain(string job)
    {
        var plain = string.Concat(job.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-'));
        return plain.Length <= MostCharacters ? plain : plain[..MostCharacters];
    }
}
