using System.CommandLine;
using Serverless.Engine.Sql;

namespace Serverless.Local.Commands;

/// <summary>The scripts a command is about.</summary>
internal static class ScriptArguments
{
    public static Argument<string[]> Create()
    {
        var scripts = new Argument<string[]>("SCRIPT") { Description = "A .sql file, a folder of them, or a pattern such as jobs/*.sql", Arity = ArgumentArity.OneOrMore };
        // The parser takes for scripts whatever no option is.
        scripts.Validators.Add(result =>
        {
            foreach (var name in result.Tokens.Select(t => t.Value).Where(n => n.StartsWith('-') && !File.Exists(n)))
                result.AddError(UsageErrors.Unknown("option", name, UsageErrors.OptionsOf(result)));
        });
        return scripts;
    }

    /// <summary>Prints what there is to say of the scripts.</summary>
    /// <returns>Whether all of them can run.</returns>
    public static bool Report(this IReadOnlyList<Script> scripts, Terminal terminal, Severity least)
    {
        foreach (var diagnostic in scripts.SelectMany(s => s.Diagnostics).Where(d => d.Severity >= least))
            terminal.Print(diagnostic);
        return !scripts.Any(s => s.HasErrors);
    }
}
