using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Connectors.Nexmark;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests;

public sealed class NexmarkSourceTests
{
    [Fact]
    public async Task Events_are_the_same_each_time_and_end_with_their_number()
    {
        var (first, second) = (await ReadAsync(Table(("events.num", "120"))), await ReadAsync(Table(("events.num", "120"))));

        Assert.Equal(120, first.Count);
        Assert.Equal(first, second);
        Assert.Equal(9, first.Count(e => e.Contains("\"event_type\":1", StringComparison.Ordinal))); // three of fifty, early in each
        Assert.Contains("\"dateTime\":\"2026-01-01 00:00:00.000\"", first[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reading_goes_on_behind_what_was_committed()
    {
        var positions = new Positions();
        await using (var source = Source(Table(("events.num", "10")), positions))
        {
            await source.OpenAsync(TestContext.Current.CancellationToken);
            await source.ReadAsync(4, TimeSpan.Zero, TestContext.Current.CancellationToken);
            await source.CommitAsync(TestContext.Current.CancellationToken);
            await source.ReadAsync(3, TimeSpan.Zero, TestContext.Current.CancellationToken);
        }

        await using var next = Source(Table(("events.num", "10")), positions);
        await next.OpenAsync(TestContext.Current.CancellationToken);
        var read = await next.ReadAsync(100, TimeSpan.Zero, TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(4, 6).Select(i => (long)i), read.Select(r => r.Offset));
        Assert.Equal(0, (await next.LagAsync(TestContext.Current.CancellationToken))!.Single().Lag);
    }

    private static TableDefinition Table(params (string Name, string Value)[] options) =>
        new("events", default, [], [], new TableOptions([.. options.Prepend(("connector", "nexmark")).Select(o => new TableOption(o.Item1, o.Item2, default, default))]));

    private static ISource Source(TableDefinition table, IPositionStore? positions = null) => new ConnectorFactory(_ => null, NullLoggerFactory.Instance).CreateSource(table, "g", positions);

    private static async Task<List<string>> ReadAsync(TableDefinition table)
    {
        await using var source = Source(table);
        await source.OpenAsync(TestContext.Current.CancellationToken);
        var events = new List<string>();
        while (await source.ReadAsync(50, TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken) is { Count: > 0 } batch)
            events.AddRange(batch.Select(r => Encoding.UTF8.GetString(r.Value!)));
        return events;
    }

    private sealed class Positions : IPositionStore
    {
        private long? _position;

        public Task<long?> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(_position);

        public Task SaveAsync(long position, CancellationToken cancellationToken)
        {
            _position = position;
            return Task.CompletedTask;
        }
    }
}
