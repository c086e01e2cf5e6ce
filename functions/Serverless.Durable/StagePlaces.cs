using System.Globalization;
using Serverless.Engine.Runtime;
using Serverless.Engine.State;

namespace Serverless.Durable;

/// <summary>The entities of a job of several stages, numbered: the cells of one stage behind those of the other, then the parts of the output.</summary>
/// <param name="job">A job of several stages.</param>
public sealed class StagePlaces(DurableJob job)
{
    private readonly EntityKeys _keys = new(job);
    private readonly StagePlan _plan = (job.Stages ?? throw new ArgumentException("the job has one stage only", nameof(job))).Plan;

    /// <summary>Where the query is cut.</summary>
    public StagePlan Plan => _plan;

    /// <summary>The number of cells of a stage.</summary>
    public int Cells { get; } = job.Cells ?? throw new ArgumentException("the cells of a stage hold many keys each", nameof(job));

    /// <summary>The number of places.</summary>
    public int Count => (_plan.Stages.Count * Cells) + OutboxPartition.Count;

    /// <summary>The places of a row.</summary>
    /// <param name="row">The row.</param>
    public IEnumerable<int> Of(RoutedRow row) => row.Hash is { } hash ? [Of(row.Stage, hash)] : OfStage(row.Stage);

    /// <summary>The places of a stage's cells.</summary>
    public IEnumerable<int> OfStage(int stage) => Enumerable.Range(stage * Cells, Cells);

    /// <summary>The place of a key.</summary>
    /// <param name="stage">The stage; behind the last one, the sink.</param>
    /// <param name="hash">The hash of the key.</param>
    public int Of(int stage, uint hash) => (stage * Cells) + (int)(hash % (uint)(stage == _plan.Stages.Count ? OutboxPartition.Count : Cells));

    /// <summary>The place of a part of the output.</summary>
    public int OfOutput(int part) => (_plan.Stages.Count * Cells) + part;

    /// <summary>The stage of a place; behind the last one, the sink.</summary>
    public int StageOf(int place) => Math.Min(place / Cells, _plan.Stages.Count);

    /// <summary>The entity of a place.</summary>
    public (EntityKind Kind, string Key) EntityOf(int place)
    {
        var (stage, cell) = (StageOf(place), place - (StageOf(place) * Cells));
        return stage == _plan.Stages.Count ? (EntityKind.Output, _keys.OfOutput(cell)) : (EntityKind.Stage, _keys.OfStage(stage, cell));
    }

    /// <summary>The place of an entity of a stage, by what its key says behind the job.</summary>
    public int Parse(string key)
    {
        if (!EntityKeys.TryParse(key, out _, out var place) || place.Split('.') is not [var stage, var cell])
            throw new ArgumentException($"'{key}' is no cell of a stage", nameof(key));
        return (int.Parse(stage, CultureInfo.InvariantCulture) * Cells) + int.Parse(cell, CultureInfo.InvariantCulture);
    }

    /// <summary>The places that records of a source come to.</summary>
    public IEnumerable<int> OfSource(int source) => Enumerable.Range(0, Count).Where(place => SourcesOf(place).Contains(source));

    /// <summary>The sources whose records come to a place.</summary>
    public IReadOnlyList<int> SourcesOf(int place) => _plan[StageOf(place)].Sources;
}
