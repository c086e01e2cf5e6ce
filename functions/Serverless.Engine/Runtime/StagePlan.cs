using Serverless.Engine.Plans;

namespace Serverless.Engine.Runtime;

/// <summary>
/// A query cut where its rows are sent by a key, so that equal keys meet. What comes before the first cut is done where records are read; behind the last stage is the
/// sink, where rows meet by its key.
/// </summary>
/// <param name="Stages">The stages, each behind those that feed it.</param>
/// <param name="Sink">What feeds the sink.</param>
public sealed record StagePlan(IReadOnlyList<Stage> Stages, Stage Sink)
{
    /// <summary>How many cells each stage has unless <c>state.cells</c> says otherwise.</summary>
    public const int DefaultCells = 16;

    /// <summary>Returns a stage, or behind the last one the sink.</summary>
    public Stage this[int stage] => stage == Stages.Count ? Sink : Stages[stage];

    /// <summary>The sources whose records come to a stage, straight or through others.</summary>
    public IReadOnlySet<int> SourcesOf(int stage) => this[stage].Sources.Concat(this[stage].Inputs.SelectMany(SourcesOf)).ToHashSet();

    /// <summary>Whether a stage, or one behind it, holds rows back until the watermark has passed.</summary>
    public bool LeadsToWatermark(int stage) => stage < Stages.Count && (Stages[stage].HoldsBack || ReceiversOf(stage).Any());

    /// <summary>The stages that take a stage's rows and lead to one that holds rows back.</summary>
    public IEnumerable<int> ReceiversOf(int stage) => Enumerable.Range(0, Stages.Count).Where(s => Stages[s].Inputs.Contains(stage) && LeadsToWatermark(s));
}

/// <summary>A keyed operator and the stateless ones behind it.</summary>
/// <param name="Operator">What the operator is called.</param>
/// <param name="Sources">The sources whose records come to it, by their places among the job's.</param>
/// <param name="Inputs">The stages whose rows come to it.</param>
public sealed record Stage(string Operator, IReadOnlyList<int> Sources, IReadOnlyList<int> Inputs)
{
    /// <summary>The relation that its operator is of; null for looking rows up, and for the sink.</summary>
    internal Relation? Relation { get; init; }

    /// <summary>Whether it holds rows back until the watermark has passed. What sources tell it of their times are the rows of its inputs but the first, and go to all its cells.</summary>
    public bool HoldsBack => Relation is WatermarkRelation;
}
