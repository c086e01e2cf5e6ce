using System.Text.Json;
using Serverless.Connectors.Files;

namespace Serverless.Local.Init;

/// <summary>The fields of a sample of events.</summary>
/// <param name="Fields">The fields, in the order in which they came.</param>
/// <param name="Events">How many events there are.</param>
/// <param name="Bad">How many lines are no JSON object.</param>
internal sealed record Sample(IReadOnlyList<FieldSample> Fields, int Events, int Bad)
{
    private const int MostLines = 10_000;

    /// <summary>Reads the first lines of a stream.</summary>
    /// <param name="lines">The stream.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<Sample> ReadAsync(Stream lines, CancellationToken cancellationToken)
    {
        var root = new FieldSample("");
        var (events, bad) = (0, 0);
        await foreach (var line in LineReader.ReadAllAsync(lines, cancellationToken))
        {
            if (TryAdd(line, root))
                events++;
            else
                bad++;
            if (events + bad == MostLines)
                break;
        }
        return new Sample(root.Fields, events, bad);
    }

    private static bool TryAdd(byte[] line, FieldSample root)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return false;
            root.Add(json.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is no UTF-8 is an InvalidOperationException.
            return false;
        }
    }
}
