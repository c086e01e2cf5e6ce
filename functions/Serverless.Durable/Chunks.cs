namespace Serverless.Durable;

/// <summary>Cuts lists into parts of a size.</summary>
internal static class Chunks
{
    /// <summary>Parts that are not larger than a size; an item that is goes alone.</summary>
    public static IEnumerable<IReadOnlyList<T>> BySize<T>(IEnumerable<T> items, Func<T, long> sizeOf, long most)
    {
        var chunk = new List<T>();
        var size = 0L;
        foreach (var item in items)
        {
            var own = sizeOf(item);
            if (chunk.Count > 0 && size + own > most)
            {
                yield return chunk;
                (chunk, size) = ([], 0);
            }
            chunk.Add(item);
            size += own;
        }
        if (chunk.Count > 0)
            yield return chunk;
    }
}
