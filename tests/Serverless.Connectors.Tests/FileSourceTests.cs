using System.Text;
using Serverless.Connectors.Files;
using Record = Serverless.Engine.Ingest.Record;

namespace Serverless.Connectors.Tests;

public sealed class FileSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Data => _folder["data.json"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "0:a")]
    [InlineData("a\n", "0:a")]
    [InlineData("a\r\nb\r\n", "0:a 1:b")]
    [InlineData("a\n\n  \r\nb", "0:a 3:b")]
    [InlineData("\n\n", "")]
    [InlineData("\uFEFFa\nb", "0:a 1:b")]
    public async Task Lines_are_records_and_their_numbers_offsets(string text, string expected)
    {
        await File.WriteAllTextAsync(Data, text, Token);
        await using var source = new FileSource(Data);
        await source.OpenAsync(Token);

        Assert.Equal(expected, string.Join(' ', (await ReadAll(source)).Select(r => $"{r.Offset}:{Encoding.UTF8.GetString(r.Value!)}")));
        Assert.Equal([new(0, 0)], (await source.LagAsync(Token))!);
        Assert.Equal(Data, source.Topic);
    }

    [Fact]
    public async Task A_line_may_be_long()
    {
        var longLine = new string('x', 1_500_000);
        await File.WriteAllTextAsync(Data, $"a\n{longLine}\nb\n{longLine}", Token);
        await using var source = new FileSource(Data);
        await source.OpenAsync(Token);

        Assert.Equal([1, 1_500_000, 1, 1_500_000], (await ReadAll(source)).Select(r => r.Value!.Length));
    }

    [Fact]
    public async Task Many_lines_come_in_batches_in_order()
    {
        const int Count = 100_000;
        await File.WriteAllLinesAsync(Data, Enumerable.Range(0, Count).Select(i => $"{{\"n\":{i}}}"), Token);
        await using var source = new FileSource(Data);
        await source.OpenAsync(Token);
        Assert.Equal([new(0, Count)], (await source.LagAsync(Token))!);

        var first = await source.ReadAsync(1000, TimeSpan.Zero, Token);
        Assert.Equal(1000, first.Count);
        Assert.Equal([new(0, Count - 1000)], (await source.LagAsync(Token))!);

        var rest = await ReadAll(source);
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), first.Concat(rest).Select(r => r.Offset));
        Assert.Equal($"{{\"n\":{Count - 1}}}", Encoding.UTF8.GetString(rest[^1].Value!));
    }

    [Fact]
    public async Task Reading_goes_on_behind_what_was_committed_and_reads_what_was_added()
    {
        await File.WriteAllTextAsync(Data, "a\n\nb\nc\n", Token);
        var positions = new FilePositionStore(_folder["state/position"]);
        await using (var source = new FileSource(Data, positions))
        {
            await source.OpenAsync(Token);
            Assert.Equal(2, (await source.ReadAsync(2, TimeSpan.Zero, Token)).Count);
            await source.CommitAsync(Token);
            Assert.Single(await source.ReadAsync(2, TimeSpan.Zero, Token));
        }
        await File.AppendAllTextAsync(Data, "d\n", Token);
        await using (var source = new FileSource(Data, positions))
        {
            await source.OpenAsync(Token);
            Assert.Equal([new(0, 2)], (await source.LagAsync(Token))!);
            // What comes while it reads is for the next time.
            await File.AppendAllTextAsync(Data, "e\n", Token);
            Assert.Equal([3L, 4L], (await ReadAll(source)).Select(r => r.Offset));
            await source.CommitAsync(Token);
        }
        Assert.Equal(5, await positions.LoadAsync(Token));
    }

    [Fact]
    public async Task A_file_shorter_than_what_was_read_of_it_is_an_error()
    {
        await File.WriteAllTextAsync(Data, "a\n", Token);
        await File.WriteAllTextAsync(_folder["position"], "2", Token);
        await using var source = new FileSource(Data, new FilePositionStore(_folder["position"]));

        var error = await Assert.ThrowsAsync<ConnectorException>(() => source.OpenAsync(Token));

        Assert.Contains("it is another file now; set the option 'generation' to read it anew", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_an_error()
    {
        await using var source = new FileSource(Data);

        await Assert.ThrowsAsync<ConnectorException>(() => source.OpenAsync(Token));
    }

    private static async Task<List<Record>> ReadAll(FileSource source)
    {
        var all = new List<Record>();
        while (await source.ReadAsync(7_777, TimeSpan.Zero, Token) is { Count: > 0 } batch)
            all.AddRange(batch);
        return all;
    }
}
