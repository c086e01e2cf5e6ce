namespace Serverless.Connectors.Options;

/// <summary><c>print</c>: a sink that prints its changes.</summary>
internal sealed class PrintConnector : Connector
{
    public override string Name => "print";

    public override bool IsSink => true;

    public override string WrongUse => "; read from a 'kafka', 'datagen' or 'filesystem' table";

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Used("print-identifier"),
        OptionRule.Used("standard-error", OptionChecks.Boolean),
        .. OptionRule.Ignored("all lines are printed", "logger"),
        .. SinkOptions,
    ];
}
