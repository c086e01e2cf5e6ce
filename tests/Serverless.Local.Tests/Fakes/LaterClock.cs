namespace Serverless.Local.Tests.Fakes;

/// <summary>A clock that is ahead.</summary>
internal sealed class LaterClock(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}
