using System.Security.Cryptography;
using System.Text;

namespace Serverless.Engine.Runtime;

/// <summary>The names of the functions of an Azure Functions app that read the sources of its jobs.</summary>
public static class FunctionNames
{
    // The host takes 127.
    private const int MostCharacters = 100;

    /// <summary>Returns for each job the names of its sources' functions.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Of(IReadOnlyList<Job> jobs) =>
        Of([.. jobs.Select(j => (j.Name, (IReadOnlyList<(string, string)>)[.. j.Sources.Select(s => (s.Name, s.Options.TryGet(out var topic, "topic") ? topic.Value : ""))]))]);

    /// <summary>
    /// Returns for each job the names of its sources' functions: <c>ingest-&lt;job&gt;</c>, or <c>ingest-&lt;job&gt;-&lt;table&gt;</c> if it has several; where that is no
    /// function's name, or two come to one, with a few letters of a hash.
    /// </summary>
    /// <param name="jobs">The jobs, each with its sources: their tables and topics.</param>
    public static IReadOnlyList<IReadOnlyList<string>> Of(IReadOnlyList<(string Job, IReadOnlyList<(string Table, string Topic)> Sources)> jobs)
    {
        var names = jobs.SelectMany((j, i) => j.Sources.Select(s => (Place: i, Name: j.Sources.Count == 1 ? j.Job : $"{j.Job}-{s.Table}", Whole: j.Sources.Count == 1 ? j.Job : $"{j.Job}\n{s.Table}\n{s.Topic}"))).ToList();
        var plain = names.Select(n => Plain(n.Name)).ToList();
        return [.. names.Select((n, i) => (n.Place, Function: plain[i] == n.Name && plain.Count(p => p.Equals(plain[i], StringComparison.OrdinalIgnoreCase)) == 1
            ? $"ingest-{plain[i]}"
            : $"ingest-{plain[i]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(n.Whole)))[..6]}"))
            .GroupBy(f => f.Place, f => f.Function).Select(g => g.ToList())];
    }

    private static string Plain(string job)
    {
        var plain = string.Concat(job.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-'));
        return plain.Length <= MostCharacters ? plain : plain[..MostCharacters];
    }
}
