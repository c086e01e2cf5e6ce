using System.Text.Json;
using Serverless.Connectors;

namespace Serverless.Local.Running;

/// <summary>What is kept of one source of a job: how far a file is read, and which topic it is.</summary>
/// <param name="file">The file.</param>
/// <param name="key">What it is stored under: the job's state, and behind it the source's place, unless it is the first.</param>
internal sealed class SourceState(StateFile file, string key) : IPositionStore, ITopicStore
{
    /// <inheritdoc />
    Task<long?> IPositionStore.LoadAsync(CancellationToken cancellationToken) =>
        file.UseAsync(c => (long?)StateFile.Scalar(c, "SELECT position FROM positions WHERE job = $job", ("$job", key)), cancellationToken);

    /// <inheritdoc />
    Task IPositionStore.SaveAsync(long position, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(
            connection, "INSERT INTO positions VALUES ($job, $position) ON CONFLICT (job) DO UPDATE SET position = excluded.position",
            ("$job", key), ("$position", position));
        return true;
    }, cancellationToken);

    /// <inheritdoc />
    Task<TopicIdentity?> ITopicStore.LoadAsync(CancellationToken cancellationToken) => file.UseAsync(
        c => StateFile.Scalar(c, "SELECT topic FROM topics WHERE job = $job", ("$job", key)) is string topic ? JsonSerializer.Deserialize<TopicIdentity>(topic) : null,
        cancellationToken);

    /// <inheritdoc />
    ITopicStore ITopicStore.Of(string topic) => new SourceState(file, $"{key}/topic/{topic}");

    /// <inheritdoc />
    Task ITopicStore.SaveAsync(TopicIdentity topic, CancellationToken cancellationToken) => file.UseAsync(connection =>
    {
        StateFile.Execute(
            connection, "INSERT INTO topics VALUES ($job, $topic) ON CONFLICT (job) DO UPDATE SET topic = excluded.topic",
            ("$job", key), ("$topic", JsonSerializer.Serialize(topic)));
        return true;
    }, cancellationToken);
}
