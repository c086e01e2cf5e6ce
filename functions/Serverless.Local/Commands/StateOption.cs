using System.CommandLine;
using System.Globalization;

namespace Serverless.Local.Commands;

/// <summary>The options of commands that look into a state folder.</summary>
internal static class StateOption
{
    /// <summary>Makes <c>--state</c>.</summary>
    public static Option<string> Create() =>
        new("--state") { Description = "The folder that a run keeps its state in", HelpName = "DIR", DefaultValueFactory = _ => ".serverless" };

    /// <summary>Makes <c>--limit</c>.</summary>
    /// <param name="most">The most rows unless given.</param>
    public static Option<string> CreateLimit(int most) =>
        new("--limit") { Description = "The most rows to print", HelpName = "ROWS", DefaultValueFactory = _ => most.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Reads <c>--limit</c>.</summary>
    /// <exception cref="CommandException">It is no number of rows.</exception>
    public static int LimitOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows > 0
        ? rows
        : throw new CommandException($"'{text}' is no number of rows: write it as --limit 100");
}
