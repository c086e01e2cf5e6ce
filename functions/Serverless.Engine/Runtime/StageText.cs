using System.Globalization;
using Serverless.Engine.Plans;
using Serverless.Engine.State;

namespace Serverless.Engine.Runtime;

/// <summary>Where the stages of a job live on Azure Functions, and what a batch costs there, for <c>explain</c>.</summary>
internal sealed class StageText
{
    // A batch of records that follow each other comes to one of the cells of lookups, or to two.
    private const int LookupCells = 2;

    private readonly Job _job;
    private readonly StagePlan _plan;
    private readonly IReadOnlyList<string> _exchanges; // of each stage
    private readonly int _cells;

    private StageText(Job job, Query query)
    {
        (_job, _plan) = (job, new StageRunner(job).Plan);
        _cells = job.Settings.Cells is > 0 and var cells ? cells : StagePlan.DefaultCells;
        var exchanges = new Queue<string>(RelationText.Exchanges(query.Root, job.Outputs, _plan.Stages.Select(s => s.Relation).OfType<Relation>()));
        _exchanges = [.. _plan.Stages.Select(s => s.Relation is null ? "record" : exchanges.Dequeue())];
    }

    /// <summary>The lines of a plan.</summary>
    public static IReadOnlyList<(string Label, string Text)> Of(Job job, Query query)
    {
        var text = new StageText(job, query);
        return [("stages", text.Stages()), ("messages", text.Messages())];
    }

    private string Stages()
    {
        var sink = _job.Sink.PrimaryKey.Count == 0 ? "all columns" : string.Join(", ", _job.Sink.PrimaryKey.Select(k => _job.Sink.Columns[k].Name));
        List<(string Name, string What)> lines =
        [
            .. _plan.Stages.Select((s, i) => (NameOf(i), $"{s.Operator} in {Cells(i)}, exchange {(IsOneCell(i) ? "single" : $"hash[{_exchanges[i]}]")} {From(s)}")),
            (NameOf(_plan.Stages.Count), $"in {Text(OutboxPartition.Count)} parts, exchange hash[{sink}] {From(_plan.Sink)}"),
        ];
        var width = lines.Max(l => l.Name.Length);
        return string.Join('\n', lines.Select(l => $"{l.Name.PadRight(width)}  {l.What}"));
    }

    private string Messages()
    {
        var sources = _job.Sources.Select(s => s.Name).ToList();
        return string.Join('\n', _job.Sources.Select((s, i) => (s.Name, Text: MessagesOf(i))).Select((s, i) => $"a batch of 1,000 records of {(sources.Count(n => n == s.Name) > 1 ? TopicOf(i) : s.Name)}: {s.Text}"));
    }

    // What a batch of one source comes to: a message to each cell that it touches, and from each of these to each of the next.
    private string MessagesOf(int source)
    {
        var steps = new List<string>();
        var total = 0;
        var touched = new HashSet<int>();
        for (var stage = 0; stage <= _plan.Stages.Count; stage++)
        {
            var own = _plan[stage].Sources.Contains(source) ? Touched(stage) : 0;
            var passed = _plan[stage].Inputs.Where(touched.Contains).Sum(Touched) * Reached(stage);
            if (own + passed == 0)
                continue;
            touched.Add(stage);
            total += own + passed;
            steps.Add($"{Text(own + passed)} to {(stage == _plan.Stages.Count ? "the " : "")}{NameOf(stage)}");
        }

        return steps.Count == 0 ? "none" : $"{string.Join(", ", steps)}{(steps.Count == 1 ? "" : $": {Text(total)} if it touches every cell")}, however many rows";
    }

    // How many cells of a stage a batch comes to, and how many those of the stage before it send to.
    private int Touched(int stage) => stage < _plan.Stages.Count && _plan[stage].Relation is null ? Math.Min(LookupCells, _cells) : Reached(stage);

    private int Reached(int stage) => stage == _plan.Stages.Count ? OutboxPartition.Count : IsOneCell(stage) ? 1 : _cells;

    private bool IsOneCell(int stage) => _exchanges[stage].Length == 0;

    private string Cells(int stage) => IsOneCell(stage) || _cells == 1 ? "one cell" : $"{Text(_cells)} cells";

    private string From(Stage stage)
    {
        var sources = stage.Sources.Select(s => _job.Sources[s].Name).Distinct().ToList();
        var of = string.Join(" and ", sources.Concat(stage.Inputs.Select(NameOf)));
        return $"from {of}{(stage == _plan.Sink && sources.Count > 0 ? ", straight from where records are read" : "")}";
    }

    private string NameOf(int stage) => stage == _plan.Stages.Count ? "outbox" : $"stage {Text(stage + 1)}";

    private string TopicOf(int source) => _job.Sources[source].Options.TryGet(out var topic, "topic") ? $"topic {topic.Value}" : _job.Sources[source].Name;

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
