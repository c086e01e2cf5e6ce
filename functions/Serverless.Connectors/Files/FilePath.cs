using System.Diagnostics.CodeAnalysis;

namespace Serverless.Connectors.Files;

/// <summary>The path of a <c>filesystem</c> table: a plain path, from the current directory where it is relative, or a <c>file:</c> URI.</summary>
internal static class FilePath
{
    public static bool TryParse(string value, [NotNullWhen(true)] out string? path)
    {
        path = null;
        if (string.IsNullOrWhiteSpace(value))
            return false;
        if (value.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            path = Uri.TryCreate(value, UriKind.Absolute, out var uri) ? uri.LocalPath : null;
        else if (!value.Contains("://", StringComparison.Ordinal)) // oss://, s3://, hdfs:// are on other machines
            path = Path.GetFullPath(value);
        return path is not null && !path.EndsWith('/');
    }
}
