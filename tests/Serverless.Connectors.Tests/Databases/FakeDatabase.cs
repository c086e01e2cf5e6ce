using Serverless.Connectors.Databases.Common;
using Serverless.Engine.State;

namespace Serverless.Connectors.Tests.Databases;

/// <summary>A database in memory that does as it is told, and keeps what it was asked.</summary>
internal sealed class FakeDatabase : IDatabase
{
    /// <summary>What was asked: <c>connect</c>, <c>upsert a,b</c>, <c>delete c</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The rows written.</summary>
    public List<string> Rows { get; } = [];

    /// <summary>Called before a statement, and before connecting (with no rows); throws what goes wrong.</summary>
    public Action<IReadOnlyList<RowChange>?> Before { get; set; } = _ => { };

    public ActualTable? Actual { get; set; }

    public bool IsConnected { get; set; }

    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        Calls.Add("connect");
        Before(null);
        IsConnected = true;
        return Task.CompletedTask;
    }

    public Task DisconnectAsync()
    {
        IsConnected = false;
        return Task.CompletedTask;
    }

    public Task<ActualTable?> InspectAsync(CancellationToken cancellationToken) => Task.FromResult(Actual);

    public Task CreateAsync(Dialect dialect, CancellationToken cancellationToken)
    {
        Calls.Add("create");
        Actual = new ActualTable([], [], [], []);
        return Task.CompletedTask;
    }

    public Task UpsertAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken) => Write("upsert", rows);

    public Task DeleteAsync(IReadOnlyList<RowChange> rows, CancellationToken cancellationToken) => Write("delete", rows);

    public DatabaseFailure Classify(Exception exception) => exception is DatabaseTrouble trouble ? trouble.Failure : DatabaseFailure.Setup;

    public string Describe(Exception exception) => exception.Message;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task Write(string what, IReadOnlyList<RowChange> rows)
    {
        Assert.True(IsConnected);
        var keys = rows.Select(r => r.Key).ToList();
        Calls.Add($"{what} {string.Join(',', keys)}".TrimEnd());
        Before(rows);
        Rows.AddRange(keys);
        return Task.CompletedTask;
    }
}

/// <summary>Something that goes wrong in a <see cref="FakeDatabase"/>.</summary>
internal sealed class DatabaseTrouble(DatabaseFailure failure, string message = "trouble") : Exception(message)
{
    public DatabaseFailure Failure => failure;
}
