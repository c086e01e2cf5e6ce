using System.Diagnostics.CodeAnalysis;

namespace Serverless.App.Jobs;

/// <summary>The jobs that run.</summary>
internal sealed class JobCatalog
{
    private IReadOnlyList<AppJob> _jobs = [];
    private Dictionary<string, AppJob> _byId = [];
    private Dictionary<string, AppJob> _byFunction = [];

    /// <summary>All of them; empty until they are loaded.</summary>
    public IReadOnlyList<AppJob> All => _jobs;

    /// <summary>Says which there are, once.</summary>
    public void Set(IReadOnlyList<AppJob> jobs)
    {
        _byId = jobs.ToDictionary(j => j.Job.Id, StringComparer.Ordinal);
        _byFunction = jobs.ToDictionary(j => j.Function, StringComparer.OrdinalIgnoreCase);
        _jobs = jobs;
    }

    /// <summary>The job that an entity's key begins with: see <see cref="Durable.EntityKeys"/>.</summary>
    public bool TryGet(string jobId, [NotNullWhen(true)] out AppJob? job) => _byId.TryGetValue(jobId, out job);

    /// <summary>The job of a function.</summary>
    public bool TryGetFunction(string name, [NotNullWhen(true)] out AppJob? job) => _byFunction.TryGetValue(name, out job);
}
