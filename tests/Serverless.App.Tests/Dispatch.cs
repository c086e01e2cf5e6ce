using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Grpc;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Serverless.Durable;
using P = Microsoft.DurableTask.Protobuf;

namespace Serverless.App.Tests;

/// <summary>Runs a batch of operations on an entity as the worker does: through its runner, its messages and its serializer.</summary>
internal static class Dispatch
{
    public static async Task<EntityAnswer> RunAsync(this TestApp app, EntityKind kind, string key, string? state, params (string Operation, object Input)[] operations)
    {
        var request = new P.EntityBatchRequest { InstanceId = $"@{kind.ToString().ToLowerInvariant()}@{key}", EntityState = state };
        request.Operations.AddRange(operations.Select(o => new P.OperationRequest { Operation = o.Operation, RequestId = Guid.NewGuid().ToString(), Input = app.Serialize(o.Input) }));
        var services = new ServiceCollection()
            .AddSingleton(new DurableTaskShimFactory(new DurableTaskWorkerOptions { DataConverter = new SerializerConverter(app), EnableEntitySupport = true }, NullLoggerFactory.Instance))
            .BuildServiceProvider();
        var encoded = await GrpcEntityRunner.LoadAndRunAsync(
            Convert.ToBase64String(request.ToByteArray()), new Entity(operation => app.Entities.RunAsync(kind, operation, TestContext.Current.CancellationToken)), services);
        var result = P.EntityBatchResult.Parser.ParseFrom(Convert.FromBase64String(encoded));
        Assert.All(result.Results, r => Assert.Equal(P.OperationResult.ResultTypeOneofCase.Success, r.ResultTypeCase));
        return new EntityAnswer(
            result.EntityState,
            [.. result.Actions.Select(a => a.SendSignal).Select(s => new SentSignal(s.InstanceId, s.Name, s.Input, s.ScheduledTime?.ToDateTimeOffset()))]);
    }

    public static string Serialize(this TestApp app, object value) => app.Serializer.Serialize(value, value.GetType(), default).ToString();

    public static T Deserialize<T>(this TestApp app, string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return (T)app.Serializer.Deserialize(stream, typeof(T), default)!;
    }

    private sealed class Entity(Func<Microsoft.DurableTask.Entities.TaskEntityOperation, ValueTask<object?>> run) : Microsoft.DurableTask.Entities.ITaskEntity
    {
        public ValueTask<object?> RunAsync(Microsoft.DurableTask.Entities.TaskEntityOperation operation) => run(operation);
    }

    // What the worker's extension puts around the serializer.
    private sealed class SerializerConverter(TestApp app) : DataConverter
    {
        public override object? Deserialize(string? data, System.Type targetType)
        {
            if (data is null)
                return null;
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(data));
            return app.Serializer.Deserialize(stream, targetType, default);
        }

        public override string? Serialize(object? value) => value is null ? null : app.Serialize(value);
    }
}

/// <summary>What a batch of operations came to.</summary>
internal sealed record EntityAnswer(string? State, IReadOnlyList<SentSignal> Signals);

/// <summary>A signal as it was sent.</summary>
internal sealed record SentSignal(string To, string Operation, string Input, DateTimeOffset? At);
