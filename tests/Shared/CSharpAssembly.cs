using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Serverless.Testing;

/// <summary>Compiles C# to an assembly, for functions that scripts name.</summary>
internal static class CSharpAssembly
{
    private static readonly MetadataReference[] Platform =
        [.. new[] { "System.Private.CoreLib", "System.Runtime", "System.Linq", "System.Collections" }.Select(n => MetadataReference.CreateFromFile(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, $"{n}.dll")))];

    /// <summary>Writes the assembly of a source to a file.</summary>
    public static void Write(string path, string source, params string[] references)
    {
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(source)],
            [.. Platform, .. references.Select(r => MetadataReference.CreateFromFile(r))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, deterministic: true));
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        if (!result.Success)
            throw new InvalidOperationException(string.Join('\n', result.Diagnostics));
        File.WriteAllBytes(path, bytes.ToArray());
    }
}
