using System.Net.Http.Headers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Serverless.Dashboard;

/// <summary>
/// The page as it was built: an assembly's resources <c>page/…</c>. Those in <c>page/assets/</c> have a hash in their names and never change;
/// beside a file there may be its compressed forms, <c>.br</c> and <c>.gz</c>.
/// </summary>
public sealed class DashboardPage
{
    private const string Folder = "page/";
    private const string Index = "index.html";

    private readonly Dictionary<string, PageFile> _files;

    /// <summary>The page of this assembly.</summary>
    public DashboardPage() : this(typeof(DashboardPage).Assembly)
    {
    }

    /// <summary>The page of an assembly.</summary>
    internal DashboardPage(Assembly assembly) => _files = assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
        .Select(n => new PageFile(assembly, n, n[Folder.Length..]))
        .ToDictionary(f => f.Path);

    /// <summary>Whether there is a page.</summary>
    public bool IsBuilt => _files.ContainsKey(Index);

    /// <summary>A file of the page.</summary>
    /// <param name="path">Its path, as in <c>assets/index-abc.js</c>; empty for the page itself.</param>
    /// <param name="acceptEncoding">The request's header of that name.</param>
    /// <param name="ifNoneMatch">The request's header of that name.</param>
    /// <returns>The file; that it is still the same (304); or that there is none (404).</returns>
    public DashboardAnswer Answer(string path, string? acceptEncoding, string? ifNoneMatch)
    {
        if (path.Length == 0)
            path = Index;
        if (!_files.TryGetValue(path, out var plain) || plain.IsCompressed)
            return NotFound(path);
        var (file, encoding) = Preferred(path, acceptEncoding) ?? (plain, "");
        List<string> headers =
        [
            "Cache-Control", path.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache",
            "ETag", file.Tag,
            "Vary", "Accept-Encoding",
        ];
        if (encoding.Length > 0)
            headers.AddRange(["Content-Encoding", encoding]);
        var isSame = ifNoneMatch?.Split(',', StringSplitOptions.TrimEntries).Contains(file.Tag) == true;
        return new DashboardAnswer(isSame ? 304 : 200, plain.ContentType, isSame ? default : file.Bytes) { Headers = DashboardHeaders.With([.. headers]) };
    }

    private DashboardAnswer NotFound(string path)
    {
        var text = path == Index && !IsBuilt
            ? "The dashboard's page is not built: build again with Node 20 or newer installed. Its JSON is at api/status.\n"
            : "There is nothing here. The dashboard is at /, its JSON at /api/status.\n";
        return new DashboardAnswer(404, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text)) { Headers = DashboardHeaders.Data };
    }

    // The smallest form there is that the browser takes.
    private (PageFile File, string Encoding)? Preferred(string path, string? acceptEncoding)
    {
        foreach (var (suffix, encoding) in new[] { (".br", "br"), (".gz", "gzip") })
            if (_files.TryGetValue(path + suffix, out var file) && Accepts(acceptEncoding, encoding))
                return (file, encoding);
        return null;
    }

    private static bool Accepts(string? header, string encoding) => (header ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Any(part =>
        StringWithQualityHeaderValue.TryParse(part, out var value) && value.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && value.Quality is null or > 0);

    private sealed class PageFile(Assembly assembly, string resource, string path)
    {
        private readonly Lazy<(byte[] Bytes, string Tag)> _content = new(() =>
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return (bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}\"");
        });

        public string Path => path;

        public byte[] Bytes => _content.Value.Bytes;

        public string Tag => _content.Value.Tag;

        public bool IsCompressed => System.IO.Path.GetExtension(path) is ".br" or ".gz";

        public string ContentType => System.IO.Path.GetExtension(path) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".json" or ".map" => "application/json; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".ico" => "image/x-icon",
            ".woff2" => "font/woff2",
            ".txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        };
    }
}
