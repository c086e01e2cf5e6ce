namespace Serverless.Local.Display.Results;

/// <summary>What <c>explain</c> says of a job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Script">Its script, as the command line names it.</param>
/// <param name="Plan">The lines of its plan.</param>
/// <param name="Columns">The sink's columns, and what each is made of.</param>
internal sealed record PlanResult(string Job, string Script, IReadOnlyList<PlanLine> Plan, IReadOnlyList<PlanLine> Columns);

/// <summary>A line of a plan.</summary>
/// <param name="Label">What it is about, or a column's name.</param>
/// <param name="Text">What there is to say of it.</param>
internal sealed record PlanLine(string Label, string Text);
