namespace Serverless.Engine.Runtime;

/// <summary>
/// The names of consumer groups: <c>&lt;properties.group.id&gt;-&lt;fingerprint&gt;-&lt;generation&gt;</c>. A job that means something else, or whose state begins anew, reads as another
/// group, so that state and read position live and die together.
/// </summary>
public static class ConsumerGroup
{
    /// <summary>What names begin with if the script does not set <c>properties.group.id</c>.</summary>
    public const string DefaultId = "serverless";

    /// <summary>Returns the name of a job's group.</summary>
    /// <param name="groupId">What it begins with.</param>
    /// <param name="job">The job.</param>
    /// <param name="generation">The id of the job's state.</param>
    public static string NameOf(string groupId, Job job, string generation) => $"{groupId}-{Plan.Fingerprint(job)}-{generation}";
}
