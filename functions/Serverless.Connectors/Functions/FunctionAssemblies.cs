using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using Serverless.Engine.Expressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Connectors.Functions;

/// <summary>Finds the classes of functions of C# in the files beside a script. May be used from several threads at once.</summary>
/// <param name="folder">Where paths are from that are not whole; null for the folder of the script.</param>
internal sealed class FunctionAssemblies(string? folder)
{
    // By the files' paths: what was loaded last, and of which bytes.
    private readonly ConcurrentDictionary<string, (string Hash, AssemblySet Set)> _loaded = new(StringComparer.Ordinal);

    /// <summary>Finds the class that a statement names; null after an error.</summary>
    public UserClass? Find(CreateFunctionStatement function, Diagnostics diagnostics)
    {
        var root = folder ?? Path.GetDirectoryName(diagnostics.Source.Name) ?? "";
        var files = new List<(StringValue Name, byte[] Bytes)>();
        foreach (var name in function.Assemblies)
            if (Read(name, Path.Combine(root, name.Text), diagnostics) is { } bytes)
                files.Add((name, bytes));
        if (files.Count < function.Assemblies.Count || Load(root, files, diagnostics) is not { } set)
            return null;
        if (set.Find(function.Class.Text) is { } type)
            return new UserClass(type, set.Identity);
        var where = string.Join(" and ", function.Assemblies.Select(a => $"'{a.Text}'"));
        var near = Spelling.Nearest(function.Class.Text, set.Classes);
        diagnostics.Error(function.Class.Span, $"{where} {(function.Assemblies.Count == 1 ? "has" : "have")} no public class '{function.Class.Text}'" + (
            near is not null ? $"; did you mean '{near}'?"
            : set.Classes.Count == 0 ? ", and no other"
            : $"; there {(set.Classes.Count == 1 ? "is" : "are")} {string.Join(", ", set.Classes.Take(10).Select(c => $"'{c}'"))}"));
        return null;
    }

    private AssemblySet? Load(string root, List<(StringValue Name, byte[] Bytes)> files, Diagnostics diagnostics)
    {
        var key = string.Join('\n', files.Select(f => Path.GetFullPath(Path.Combine(root, f.Name.Text))));
        var hash = string.Join(' ', files.Select(f => Convert.ToHexString(SHA256.HashData(f.Bytes))));
        if (_loaded.TryGetValue(key, out var last) && last.Hash == hash)
            return last.Set;
        var set = new AssemblySet();
        var errors = diagnostics.Errors;
        foreach (var (name, bytes) in files)
        {
            try
            {
                set.Add(bytes);
            }
            catch (Exception e) when (e is BadImageFormatException or FileLoadException)
            {
                diagnostics.Error(name.Span, $"'{name.Text}' is no assembly of .NET that can be loaded");
            }
        }

        if (diagnostics.Errors == errors)
            foreach (var (assembly, missing) in set.Missing())
                diagnostics.Error(files[assembly].Name.Span, Missing(files[assembly].Name.Text, missing));
        if (diagnostics.Errors > errors)
            return null;
        _loaded[key] = (hash, set);
        return set;
    }

    private static string Missing(string file, AssemblyName missing) => missing.Name!.StartsWith("System.", StringComparison.Ordinal) || missing.Name is "netstandard" or "mscorlib"
        ? $"'{file}' needs {missing.Name} {missing.Version}, which .NET {Environment.Version.ToString(2)} does not have: build it for net{Environment.Version.ToString(2)} or netstandard2.0, and list with ASSEMBLY '…' what comes from packages"
        : $"'{file}' needs the assembly '{missing.Name}', which is not listed: add ASSEMBLY '{missing.Name}.dll' behind it";

    private static byte[]? Read(StringValue name, string path, Diagnostics diagnostics)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            diagnostics.Error(name.Span, $"there is no file '{path}'{(Path.IsPathRooted(name.Text) ? "" : ": paths are from the script's folder on")}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            diagnostics.Error(name.Span, $"'{path}' cannot be read: {e.Message}");
        }

        return null;
    }
}
