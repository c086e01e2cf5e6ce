namespace Serverless.Durable;

/// <summary>The earlier of two timestamps; of one that is null, the other.</summary>
internal static class Earliest
{
    public static long? Of(long? one, long? other) => one is null || other < one ? other : one;
}
