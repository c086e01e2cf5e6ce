namespace Serverless.App.Generations;

/// <summary>How the state that a process has of a job stands to the task hub's.</summary>
internal enum GenerationStatus
{
    /// <summary>It is the same.</summary>
    Current,

    /// <summary>Another version of the app has begun another, in which the job means something else: this process has no more to do.</summary>
    Replaced,

    /// <summary>It is the same, but another version of the app writes other rows of it: this process has no more to do.</summary>
    Outdated,

    /// <summary>The task hub is gone, or began anew: the app has to start again.</summary>
    Gone,
}
