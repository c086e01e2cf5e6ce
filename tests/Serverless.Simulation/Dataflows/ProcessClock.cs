namespace Serverless.Simulation.Dataflows;

/// <summary>The clock of a process: a short wait is over when that time has passed, which it does at once; nothing that is due later is waited for.</summary>
internal sealed class ProcessClock : SimulatedClock
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > Short || dueTime < TimeSpan.Zero)
            return new Timer(_ => { });
        Now += dueTime;
        return base.CreateTimer(callback, state, dueTime, period);
    }
}
