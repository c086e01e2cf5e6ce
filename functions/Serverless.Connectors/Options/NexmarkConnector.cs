using System.Globalization;

namespace Serverless.Connectors.Options;

/// <summary><c>nexmark</c>: the events of the Nexmark benchmark, made as they are read.</summary>
internal sealed class NexmarkConnector : Connector
{
    /// <summary>How many events there are; without it they go on and on.</summary>
    public const string Events = "events.num";

    /// <summary>How many events happen in a second.</summary>
    public const string EventRate = "first-event.rate";

    /// <summary>When the first event happens.</summary>
    public const string BaseTime = "base-time";

    private const string Published = "the events have the benchmark's published proportions";

    public override string Name => "nexmark";

    public override bool IsSource => true;

    public override string WrongUse => "; it only makes events";

    public override IReadOnlyList<OptionRule> Options { get; } =
    [
        OptionRule.Used(Events, OptionChecks.Count),
        OptionRule.Used(EventRate, OptionChecks.Count, "next-event.rate"),
        OptionRule.Used(BaseTime, Time),
        .. OptionRule.Ignored("the rate stays the same", "rate.shape", "rate.period", "rate.limited"),
        OptionRule.Refused("person.proportion", Published),
        OptionRule.Refused("auction.proportion", Published),
        OptionRule.Refused("bid.proportion", Published),
    ];

    /// <summary>Reads a time; null if it is none.</summary>
    public static DateTime? TimeOf(string value) =>
        DateTime.TryParseExact(value, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static string? Time(string value) => TimeOf(value) is null ? "must be a time such as '2026-01-01 00:00:00'" : null;
}
