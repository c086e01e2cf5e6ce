using System.Text;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Tests.Values;

public sealed class TextColumnTests
{
    private static readonly string?[] Texts =
        ["", "a", "ab", null, "appkey1", "Müller", "北京", "北京市海淀区", "😀", "a😀b", "\uE000", "\uFFFD", new string('x', 300), new string('京', 200), "zz"];

    private static readonly TextColumn Column = Of(Texts);

    [Fact]
    public void It_gives_back_what_was_put_into_it()
    {
        Assert.Equal(Texts, Enumerable.Range(0, Texts.Length).Select(Column.Text));
        Assert.Equal(Texts.Select(t => t is null), Enumerable.Range(0, Texts.Length).Select(Column.IsNull));
    }

    [Fact]
    public void Its_greatest_text_and_its_least_are_those_of_the_texts_order()
    {
        var texts = Texts.OfType<string>().ToList();
        texts.Sort(TextOrder.Compare);
        int[] rows = [.. Enumerable.Range(0, Texts.Length)];

        Assert.Equal(texts[^1], Column.Text(Column.MostOf(rows, isMax: true)));
        Assert.Equal(texts[0], Column.Text(Column.MostOf(rows, isMax: false)));
        Assert.Equal(-1, Column.MostOf([3], isMax: true));
    }

    [Fact]
    public void Strings_are_found_by_their_bytes_and_no_others()
    {
        var texts = Texts.OfType<string>().ToList();
        var places = texts.Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i, Utf8Comparer.Instance);
        var byBytes = places.GetAlternateLookup<ReadOnlySpan<byte>>();

        for (var i = 0; i < texts.Count; i++)
        {
            Assert.Equal(i, byBytes[Encoding.UTF8.GetBytes(texts[i])]);
            Assert.False(byBytes.ContainsKey(Encoding.UTF8.GetBytes(texts[i] + "!")));
        }
    }

    [Fact]
    public void A_slice_is_cut_between_code_points()
    {
        foreach (var text in Texts.OfType<string>())
            for (var skipped = 0; skipped < 6; skipped++)
                foreach (var length in new[] { 0, 1, 2, 5, long.MaxValue })
                    Assert.Equal(
                        string.Concat(text.EnumerateRunes().Skip(skipped).Take((int)Math.Min(length, int.MaxValue))),
                        Encoding.UTF8.GetString(new TextSlice(0, skipped, length).Cut(Encoding.UTF8.GetBytes(text))));
    }

    private static TextColumn Of(string?[] texts)
    {
        var column = new TextColumn();
        foreach (var text in texts)
            column.AppendBoxed(text);
        return column;
    }
}
