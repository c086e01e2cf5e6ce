using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What becomes of an option.</summary>
internal enum OptionMeaning
{
    /// <summary>It is honoured.</summary>
    Used,

    /// <summary>It means nothing here; a notice says why.</summary>
    Ignored,

    /// <summary>It asks for something unsupported; an error says what to do instead.</summary>
    Refused,
}

/// <summary>One option that a connector knows.</summary>
/// <param name="Name">The name that errors use.</param>
/// <param name="Meaning">What becomes of it.</param>
/// <param name="Note">Why it is ignored or refused.</param>
internal sealed record OptionRule(string Name, OptionMeaning Meaning, string Note = "")
{
    /// <summary>Other names of the same option.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether a table must have it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The use it belongs to; null for both.</summary>
    public TableUse? Use { get; init; }

    /// <summary>Says what is wrong with a value, as in "must be …"; null if nothing is.</summary>
    public Func<string, string?>? Check { get; init; }

    /// <summary>All names.</summary>
    public IEnumerable<string> Names => Aliases.Prepend(Name);

    public static OptionRule Used(string name, Func<string, string?>? check = null, params string[] aliases) =>
        new(name, OptionMeaning.Used) { Check = check, Aliases = aliases };

    public static OptionRule Required(string name, Func<string, string?>? check = null, params string[] aliases) =>
        Used(name, check ?? OptionChecks.NotEmpty, aliases) with { IsRequired = true };

    public static OptionRule Refused(string name, string note) => new(name, OptionMeaning.Refused, note);

    public static IEnumerable<OptionRule> Ignored(string note, params string[] names) =>
        names.Select(name => new OptionRule(name, OptionMeaning.Ignored, note));
}
