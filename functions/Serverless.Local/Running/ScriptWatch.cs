using Serverless.Connectors;
using Serverless.Engine.Sql;

namespace Serverless.Local.Running;

/// <summary>Waits until scripts change, or the assemblies of their functions.</summary>
internal static class ScriptWatch
{
    // Editors put a new file in the place of the old one, which file systems tell of in many ways, and some in none: the text itself is looked at.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    /// <summary>Returns the scripts when one has changed and all of them can run; until then, what is wrong with a changed one is printed.</summary>
    /// <param name="names">What the user named.</param>
    /// <param name="scripts">The scripts as they run now.</param>
    /// <param name="report">Prints what is wrong, and returns whether all can run.</param>
    /// <param name="stop">Stops waiting.</param>
    public static async Task<IReadOnlyList<Script>> NextAsync(string[] names, IReadOnlyList<Script> scripts, Func<IReadOnlyList<Script>, bool> report, CancellationToken stop)
    {
        var known = TextsOf(scripts);
        // It keeps the assemblies that it has loaded.
        var catalog = new ConnectorCatalog();
        while (true)
        {
            await Task.Delay(Interval, stop);
            if (Read(names, catalog) is not { } now || TextsOf(now) is not { } texts || texts.SequenceEqual(known))
                continue;
            known = texts;
            if (report(now))
                return now;
        }
    }

    // Null while a file is being replaced.
    private static IReadOnlyList<Script>? Read(string[] names, ConnectorCatalog catalog)
    {
        try
        {
            return ScriptFiles.Compile(names, catalog);
        }
        catch (CommandException)
        {
            return null;
        }
    }

    private static List<(string Name, string Text, string Functions)> TextsOf(IEnumerable<Script> scripts) =>
        [.. scripts.Select(s => (s.Source.Name, s.Source.Text, string.Join(' ', s.FunctionIdentities)))];
}
