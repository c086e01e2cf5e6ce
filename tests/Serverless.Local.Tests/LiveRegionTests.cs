using Serverless.Local.Display;
using Serverless.Local.Tests.Fakes;
using Spectre.Console;

namespace Serverless.Local.Tests;

public sealed class LiveRegionTests
{
    private readonly Screen _screen = new(40, 8);

    [Fact]
    public void What_is_drawn_anew_takes_the_place_of_what_was_there()
    {
        _screen.WriteLine("before");
        var region = new LiveRegion(_screen.Console);
        region.Draw(new Text("one\ntwo\nthree"));
        region.Draw(new Text("1\n2"));
        Assert.Equal("before\n1\n2", _screen.Text);
    }

    [Fact]
    public void What_is_printed_stands_above_and_the_end_leaves_nothing_else()
    {
        var region = new LiveRegion(_screen.Console);
        region.Draw(new Text("table\ntable"));
        region.Print(new Text("printed\n"));
        Assert.Equal("printed\ntable\ntable", _screen.Text);
        region.Dispose();
        Assert.Equal("printed", _screen.Text);
    }

    [Fact]
    public void Messages_stand_below_and_stay_at_the_end_each_once_and_in_order()
    {
        var region = new LiveRegion(_screen.Console);
        region.Draw(new Text("table"));
        for (var i = 1; i <= 7; i++)
            region.Tell(new Text($"warning {i}", Color.Yellow));
        Assert.Equal("warning 1\nwarning 2\ntable\nwarning 3\nwarning 4\nwarning 5\nwarning 6\nwarning 7", _screen.Text);
        region.Dispose();
        Assert.Equal(string.Join('\n', Enumerable.Range(1, 7).Select(i => $"warning {i}")), _screen.Text);
    }

    [Fact]
    public void What_does_not_fit_is_cut_off_and_the_last_message_is_not()
    {
        var region = new LiveRegion(_screen.Console);
        region.Draw(new Text(string.Join('\n', Enumerable.Range(1, 30))));
        region.Tell(new Text("warning"));
        Assert.Equal("1\n2\n3\n4\n5\n6\nwarning", _screen.Text);
    }

    [Fact]
    public void The_cursor_rests_on_the_first_character_so_that_what_is_echoed_is_drawn_over()
    {
        var region = new LiveRegion(_screen.Console);
        region.Draw(new Text("one\ntwo"));
        _screen.Write("^C");
        Assert.Equal("^Ce\ntwo", _screen.Text);
        region.Draw(new Text("one\ntwo"));
        Assert.Equal("one\ntwo", _screen.Text);
        _screen.Write("^C");
        region.Dispose();
        Assert.Equal("", _screen.Text);
    }

    [Fact]
    public void A_terminal_that_becomes_narrower_is_drawn_anew_within_its_width()
    {
        var region = new LiveRegion(_screen.Console);
        region.Draw(new Text("a line of thirty characters, or so"));
        (_screen.Width, _screen.Height) = (12, 20);
        region.Draw(new Text("a line of thirty characters, or so"));
        Assert.All(_screen.Text.Split('\n'), line => Assert.True(line.Length < 12, line));
        Assert.Equal("a line of thirty characters, or so", string.Join(' ', _screen.Text.Split('\n', StringSplitOptions.TrimEntries)));
    }

    [Fact]
    public void A_region_that_a_resize_moves_above_the_screen_is_drawn_on_a_clear_one()
    {
        var region = new LiveRegion(_screen.Console);
        region.Draw(new Text(string.Join('\n', Enumerable.Repeat("a line of thirty characters, so", 5))));
        _screen.Written.Clear();
        _screen.Width = 12;
        region.Draw(new Text("small"));
        Assert.Contains("\e[2J", _screen.Written.ToString(), StringComparison.Ordinal);
        Assert.Equal("small", _screen.Text);
    }
}
