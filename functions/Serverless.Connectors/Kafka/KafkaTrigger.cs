namespace Serverless.Connectors.Kafka;

/// <summary>
/// What a Kafka trigger of the Functions host is told of a table: see <see cref="KafkaTriggerReader"/>. It holds no secret: a credential is the name of
/// the app setting that holds it.
/// </summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="GroupId">What its consumer groups start with.</param>
/// <param name="LagThreshold">How many records an instance is to have before it; null if the table does not say.</param>
/// <param name="Properties">The trigger's properties by their names in a binding, brokers and topic among them, consumer group and lag threshold not.</param>
public sealed record KafkaTrigger(string Topic, string GroupId, long? LagThreshold, IReadOnlyDictionary<string, string> Properties);
