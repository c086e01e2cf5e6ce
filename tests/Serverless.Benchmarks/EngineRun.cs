using Serverless.Engine;
using Serverless.Engine.Ingest;
using Serverless.Engine.State;

namespace Serverless.Benchmarks;

/// <summary>The engine as a host drives it: ingest, groups, output.</summary>
internal sealed class EngineRun(CompiledJob compiled) : IHandWritten
{
    private readonly Ingestor _ingestor = new(compiled, "topic");
    private readonly RowBuilder _rows = new(compiled);
    private readonly Dictionary<string, Group> _groups = [];
    private readonly Output _output = new(OutputLimits.InOrder);

    public int Rows => _output.Pending;

    /// <summary>The rows to write; from now on they are written.</summary>
    public IReadOnlyList<RowChange> Take()
    {
        var rows = _output.Take();
        _output.Acknowledge(rows, 0);
        return rows;
    }

    public void Process(Record[] batch)
    {
        foreach (var message in _ingestor.Process(batch).Groups)
        {
            if (!_groups.TryGetValue(message.Key, out var group))
                _groups.Add(message.Key, group = new Group(compiled, message.Key));
            _output.Add(group.Apply(message.Slices.Span, _rows, DateTimeOffset.UnixEpoch));
        }

        _ingestor.Stored();
    }
}
