namespace Serverless.Durable;

/// <summary>What an <see cref="OutboxState"/> says without its rows.</summary>
/// <param name="Waiting">How many rows wait.</param>
/// <param name="Timer">When they are written.</param>
public sealed record OutboxGlance(int Waiting, DueTime? Timer)
{
    /// <summary>Whether rows wait and nothing is under way for them: even a pulse that passed by has not helped.</summary>
    public bool IsStuck(DateTimeOffset now, DurableTimes times) => Waiting > 0 && (Timer is null || Timer.IsOverdue(now, times.StuckAfter));
}
