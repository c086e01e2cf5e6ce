using Serverless.Durable;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Simulation.Stages;

/// <summary>What a <see cref="StageBug"/> does in a run: it changes messages on their way, and states; the code that runs is what ships.</summary>
internal sealed class StageMistakes(StageBug bug)
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(1000);

    private long _number = 1000;

    /// <summary>How long things take.</summary>
    public static DurableTimes Times(StageBug bug) => bug switch
    {
        StageBug.WaitForOverdueTimers => new DurableTimes { Grace = Never },
        StageBug.AskForNothing => new DurableTimes { GapAfter = Never },
        _ => DurableTimes.Default,
    };

    /// <summary>Compiles a job.</summary>
    public static CompiledJob Compile(StageBug bug, Job job, Generation generation) => new(job)
    {
        Epoch = generation.Epoch.ToUnixTimeMilliseconds(),
        NewOffsets = bug == StageBug.AddEveryDelivery ? () => new ForgetfulOffsets() : () => new AppliedOffsets(),
    };

    /// <summary>Makes the operators of a job.</summary>
    public static StageRunners Runners(StageBug bug, Job job) => bug == StageBug.ExchangeByTheAnswer ? new StageRunners(() => new StageRunner(job, exchangesLookups: false)) : new StageRunners(job);

    /// <summary>The mistakes with cold keys, which jobs of one stage have, too.</summary>
    public static Bug WithKeys(StageBug bug) => bug is StageBug.EvictUnstored or StageBug.EvictWithAnyTimer or StageBug.LoseEvictions or StageBug.ReadNoKeys ? Enum.Parse<Bug>($"{bug}") : Bug.None;

    /// <summary>Changes a message that is sent.</summary>
    public Signal Posted(Signal signal)
    {
        if (signal.Input is FrontierMessage mark && bug is StageBug.OvertakeDeltas or StageBug.OvertakeRecords)
            return signal with { Input = bug == StageBug.OvertakeDeltas ? mark with { Number = 0 } : mark with { Reached = mark.Reached.ToDictionary(p => p.Key, p => p.Value + 10) } };
        if (bug != StageBug.NumberWhenSending || signal.Input is not DeltasMessage { Parts: [{ Source: StageOffsets.Channels } part] })
            return signal;
        var number = ++_number;
        var rows = StageRowCodec.Read(part.Rows).Select(r => r with { Number = number }).ToList();
        return signal with { Input = new DeltasMessage([part with { First = number, Last = number, Rows = StageRowCodec.Write(rows) }]) };
    }

    /// <summary>Changes a message that arrives, and the state that it meets.</summary>
    public Signal Arrived(Signal signal, object? state, StageRunners runners)
    {
        if (bug == StageBug.TakeAnyTimer && signal.Input is TickMessage tick && state is StageCellState { Timer: { } due } cell && cell.Owed?.Due?.Id != tick.Id)
            return signal with { Input = new TickMessage(due.Id) };
        if (bug == StageBug.KeepTheLastRow && signal.Input is DeltasMessage deltas && state is OutboxState { Sums: { } bytes } output)
            runners.Use(runner =>
            {
                var sums = new SinkSums(runner, output.Find, output.Put);
                sums.Read(bytes);
                foreach (var (_, row) in deltas.Parts.SelectMany(p => StageRowCodec.Read(p.Rows)))
                    if (row is { Weight: > 0, Input: StageRunner.SinkRowsInput })
                        sums.Clear(row);
                return true;
            });
        return signal;
    }

    /// <summary>Does what must not be done behind an operation.</summary>
    /// <param name="signal">The operation.</param>
    /// <param name="state">The state that it left.</param>
    /// <param name="tick">Lets a timer come.</param>
    /// <param name="job">The job.</param>
    /// <param name="sends">What is sent.</param>
    public void Worked(Signal signal, object state, Action<string> tick, DurableJob job, List<Signal> sends)
    {
        var cell = state as StageCellState;
        switch (bug)
        {
            case StageBug.SendBeforeStoring:
                // One timer seals, the next one sends.
                for (var i = 0; i < 2 && cell?.Timer is not null; i++)
                    tick(cell.Timer.Id);
                break;
            case StageBug.SendWhatIsNotSealed when cell?.Timer is not null && signal.Operation == Operations.Tick:
                tick(cell.Timer.Id);
                break;
            case StageBug.ForgetEmptyKeys:
                foreach (var key in cell?.Entries.Where(e => e.Value.Length == 0).Select(e => e.Key).ToList() ?? [])
                    cell!.Entries.Remove(key);
                break;
            case StageBug.ForgetWhatIsSent:
                cell?.Sealed.RemoveAll(s => s.SentAt is not null);
                break;
            case StageBug.ConfirmBeforeStoring when signal.Input is DeltasMessage deltas:
                var places = new StagePlaces(job);
                var place = Enumerable.Range(0, places.Count).First(p => places.EntityOf(p) == (signal.To, signal.Key));
                foreach (var part in deltas.Parts.Where(p => p.Source == StageOffsets.Channels))
                    sends.Add(new Signal(EntityKind.Stage, places.EntityOf(part.Partition).Key, Operations.Confirm, new ConfirmMessage([SealedDelta.IdOf(place, part.First)])));
                break;
            default:
                break;
        }
    }
}
