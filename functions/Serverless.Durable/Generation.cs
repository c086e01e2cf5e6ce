namespace Serverless.Durable;

/// <summary>
/// Which state a job has. It is part of the consumer group's name and of every entity's key, so that state and position live and die together: a wiped
/// task hub, or a changed job, gets a new one, and with it starts where <c>scan.startup.mode</c> says.
/// </summary>
/// <param name="Id">Eight letters and digits.</param>
/// <param name="Fingerprint">What the job was when it began: <see cref="DurableJob.Fingerprint"/>.</param>
/// <param name="Born">When it began.</param>
/// <param name="TopicId">The id of the topic that it reads; null until brokers have told it.</param>
public sealed record Generation(string Id, string Fingerprint, DateTimeOffset Born, string? TopicId = null);
