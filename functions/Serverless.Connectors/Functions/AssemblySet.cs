using System.Reflection;
using System.Runtime.Loader;

namespace Serverless.Connectors.Functions;

/// <summary>Assemblies that know each other and .NET, and nothing of this program. They are loaded from bytes, so that their files can be built again.</summary>
internal sealed class AssemblySet() : AssemblyLoadContext("functions", isCollectible: true)
{
    private readonly List<Assembly> _all = [];

    /// <summary>What tells them from any others: the ids that the compiler gives, which are the same for the same sources.</summary>
    public string Identity => string.Join('+', _all.Select(a => a.ManifestModule.ModuleVersionId.ToString("N")[..16]));

    /// <summary>The names of the public classes.</summary>
    public IReadOnlyList<string> Classes => [.. _all.SelectMany(a => a.GetExportedTypes()).Where(t => t.IsClass).Select(t => t.FullName!).Order(StringComparer.Ordinal)];

    /// <summary>Loads an assembly.</summary>
    /// <exception cref="BadImageFormatException">The bytes are none.</exception>
    public void Add(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        _all.Add(LoadFromStream(stream));
    }

    /// <summary>Finds a public class; null if there is none.</summary>
    public Type? Find(string name) => _all.Select(a => a.GetType(name)).FirstOrDefault(t => t is { IsClass: true, IsVisible: true });

    /// <summary>Returns what the assemblies need that is neither among them nor in .NET, each with the number of the assembly that needs it.</summary>
    public IReadOnlyList<(int Assembly, AssemblyName Missing)> Missing() =>
        [.. _all.SelectMany((a, i) => a.GetReferencedAssemblies().Where(r => Load(r) is null && !IsOfPlatform(r)).Select(r => (i, r)))];

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName) => _all.Find(a => a.GetName().Name == assemblyName.Name);

    private static bool IsOfPlatform(AssemblyName name)
    {
        try
        {
            return Path.GetDirectoryName(Default.LoadFromAssemblyName(name).Location) == Path.GetDirectoryName(typeof(object).Assembly.Location);
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            return false;
        }
    }
}
