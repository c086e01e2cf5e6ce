namespace Serverless.Durable;

/// <summary>How large messages may be.</summary>
public static class MessageLimits
{
    /// <summary>
    /// The most bytes that one message carries, before JSON's encoding adds a third; one event or row that is larger goes alone. Large enough that a batch
    /// of a group is one message, small enough that a batch of operations on one entity stays far below <c>maxGrpcMessageSizeInBytes</c>.
    /// </summary>
    public const int MaxBytes = 512 * 1024;
}
