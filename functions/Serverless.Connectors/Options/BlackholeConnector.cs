namespace Serverless.Connectors.Options;

/// <summary><c>blackhole</c>: a sink that keeps nothing.</summary>
internal sealed class BlackholeConnector : Connector
{
    public override string Name => "blackhole";

    public override bool IsSink => true;

    public override string WrongUse => "; read from a 'kafka', 'datagen' or 'filesystem' table";

    public override IReadOnlyList<OptionRule> Options { get; } = [.. SinkOptions];
}
