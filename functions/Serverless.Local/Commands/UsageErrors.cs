using System.CommandLine;
using System.CommandLine.Parsing;
using Serverless.Engine.Sql;

namespace Serverless.Local.Commands;

/// <summary>What is wrong with a command line: a line each, and where to read more.</summary>
internal static class UsageErrors
{
    /// <summary>Prints it.</summary>
    public static void Print(Terminal terminal, ParseResult result)
    {
        var command = result.CommandResult;
        // What follows an unknown command says nothing: it would be that command's.
        string[] problems = result.UnmatchedTokens is [var first, ..]
            ? [first.StartsWith('-')
                ? Unknown("option", first, OptionsOf(command))
                : command.Command.Subcommands.Count > 0 ? Unknown("command", first, command.Command.Subcommands.Select(c => c.Name)) : $"'{first}' is one too many"]
            : [.. result.Errors.Select(e => e.Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal)).Distinct()];
        foreach (var problem in problems)
            terminal.Fail(char.ToLowerInvariant(problem[0]) + problem[1..].TrimEnd('.'));
        if (!terminal.IsJson)
            terminal.Note($"{string.Join(' ', PathOf(command))} --help tells more");
    }

    /// <summary>Says that something is not known, and the nearest that is.</summary>
    public static string Unknown(string what, string name, IEnumerable<string> known) =>
        $"unknown {what} '{name}'" + (Spelling.Nearest(name, known) is { } near ? $"; did you mean '{near}'?" : "");

    /// <summary>The options that may stand where a part of a command line stands.</summary>
    public static IEnumerable<string> OptionsOf(SymbolResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
            if (at is CommandResult command)
                foreach (var option in command.Command.Options.Where(o => o.Recursive || at == Nearest(result)))
                    yield return option.Name;
    }

    private static CommandResult? Nearest(SymbolResult? result) => result as CommandResult ?? (result is null ? null : Nearest(result.Parent));

    private static IEnumerable<string> PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? PathOf(parent).Append(command.Command.Name) : ["serverless-sql"];
}
