using System.Globalization;

namespace Serverless.Connectors.Files;

/// <summary>Keeps a position as a number in a small file, replaced as a whole.</summary>
/// <param name="path">The file.</param>
public sealed class FilePositionStore(string path) : IPositionStore
{
    /// <inheritdoc />
    public async Task<long?> LoadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            return null;
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        return long.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw new ConnectorException($"'{path}' should hold a line number and does not: delete it to read the file from its beginning");
    }

    /// <inheritdoc />
    public async Task SaveAsync(long position, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var next = path + ".new";
        await using (var file = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(position.ToString(CultureInfo.InvariantCulture)), cancellationToken);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
    }
}
