using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Local;

/// <summary>Finds and compiles the scripts a user names: files, patterns the shell did not expand, and folders.</summary>
internal static class ScriptFiles
{
    /// <summary>Compiles all of them; errors are in the results.</summary>
    /// <param name="names">What the user names.</param>
    /// <param name="catalog">The connectors, and the assemblies that were loaded before; null for new ones.</param>
    /// <exception cref="CommandException">A script is not there or cannot be read.</exception>
    public static IReadOnlyList<Script> Compile(IEnumerable<string> names, ConnectorCatalog? catalog = null)
    {
        catalog ??= new ConnectorCatalog();
        var scripts = names.SelectMany(Find).DistinctBy(Path.GetFullPath).Select(path => Compile(path, catalog)).ToList();
        var conflicts = SinkConflict.Across(scripts.SelectMany(s => s.Jobs)).ToLookup(d => d.Source);
        return [.. scripts.Select(s => conflicts[s.Source].Any() ? s with { Diagnostics = [.. s.Diagnostics, .. conflicts[s.Source]] } : s)];
    }

    private static IEnumerable<string> Find(string name)
    {
        if (File.Exists(name))
            return [name];
        if (Directory.Exists(name))
            return Matching(name, "*.sql", $"folder '{name}' has no *.sql file");
        var pattern = Path.GetFileName(name);
        if (pattern.AsSpan().IndexOfAny('*', '?') >= 0)
        {
            var folder = Path.GetDirectoryName(name);
            if (folder is null or "" || Directory.Exists(folder))
                return Matching(folder ?? "", pattern, $"no script matches '{name}'");
        }
        throw new CommandException($"there is no script '{name}': give the path of a .sql file, or a folder of them");
    }

    private static string[] Matching(string folder, string pattern, string none)
    {
        var files = Directory.GetFiles(folder.Length == 0 ? "." : folder, pattern).Select(f => Path.Combine(folder, Path.GetFileName(f))).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new CommandException(none);
    }

    private static Script Compile(string path, ConnectorCatalog catalog)
    {
        var source = ScriptDecoder.Decode(path, Read(path), out var error);
        return error is null ? ScriptCompiler.Compile(source, catalog) : new Script(source, [], [error]);
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read script '{path}': {e.Message}");
        }
    }
}
