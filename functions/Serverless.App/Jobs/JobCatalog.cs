using System.Diagnostics.CodeAnalysis;

namespace Serverless.App.Jobs;

/// <summary>The jobs that run.</summary>
internal sealed class JobCatalog
{
    private IReadOnlyList<AppJob> _jobs = [];
    private Dictionary<string, AppJob> _byId = [];
    private Dictionary<string, (AppJob Job, int Source)> _byFunction = [];

    /// <summary>All of them; empty until they are loaded.</summary>
    public IReadOnlyList<AppJob> All => _jobs;

    /// <summary>Says which there are, once.</summary>
    public void Set(IReadOnlyList<AppJob> jobs)
    {
        _byId = jobs.ToDictionary(j => j.Job.Id, StringComparer.Ordinal);
        _byFunction = jobs.SelectMany(j => j.Sources.Select((s, i) => (s.Function, Job: j, Source: i))).ToDictionary(s => s.Function, s => (s.Job, s.Source), StringComparer.OrdinalIgnoreCase);
        _jobs = jobs;
    }

    /// <summary>The job that an entity's key begins with: see <see cref="Durable.EntityKeys"/>.</summary>
    public bool TryGet(string jobId, [NotNullWhen(true)] out AppJob? job) => _byId.TryGetValue(jobId, out job);

    /// <summary>The job of a function, and which of its sources the function reads.</summary>
    public bool TryGetFunction(string name, [NotNullWhen(true)] out AppJob? job, out int source)
    {
        var isKnown = _byFunction.TryGetValue(name, out var found);
        (job, source) = found;
        return isKnown;
    }
}
