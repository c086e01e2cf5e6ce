using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// librdkafka's mock cluster, through the library's own C functions. The client that owns it is made here too, so that nothing depends
/// on which of its builds the .NET client has loaded: clients talk to the cluster over TCP alone.
/// </summary>
internal sealed class MockCluster : IDisposable
{
    private const int Producer = 0;

    private readonly nint _library;
    private readonly nint _client;
    private readonly nint _cluster;
    private bool _disposed;

    public MockCluster(int brokers)
    {
        _library = ClientLibrary.Load();
        var error = new byte[512];
        var configuration = Function<NewConfiguration>("rd_kafka_conf_new")();
        // It writes to the console: that it has no brokers of its own, and every client's mistake.
        _ = Function<SetConfiguration>("rd_kafka_conf_set")(configuration, "log_level", "0", error, (nuint)error.Length);
        _client = Function<NewClient>("rd_kafka_new")(Producer, configuration, error, (nuint)error.Length);
        if (_client == 0)
            throw new ConnectorException("the embedded broker does not start: " + Encoding.UTF8.GetString(error).TrimEnd('\0'));
        _cluster = Function<NewCluster>("rd_kafka_mock_cluster_new")(_client, brokers);
        if (_cluster == 0)
        {
            Function<Destroy>("rd_kafka_destroy")(_client);
            throw new ConnectorException("the embedded broker does not start");
        }
        // Without a controller it does not tell a topic's id.
        Check(Function<ChangeBroker>("rd_kafka_mock_set_controller_id")(_cluster, 1));
        BootstrapServers = Marshal.PtrToStringUTF8(Function<Bootstraps>("rd_kafka_mock_cluster_bootstraps")(_cluster))!;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint NewConfiguration();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int SetConfiguration(
        nint configuration, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, byte[] error, nuint errorSize);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint NewClient(int type, nint configuration, [In, Out] byte[] error, nuint errorSize);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint NewCluster(nint client, int brokers);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint Bootstraps(nint cluster);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int NewTopic(nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, int partitions, int replicas);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int RemoveTopic(nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void FailTopic(nint cluster, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, ErrorCode error);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int ChangeBroker(nint cluster, int broker);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int ChangeRoundTrip(nint cluster, int broker, int milliseconds);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void PushErrors(nint cluster, short request, nuint count, ErrorCode[] errors);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Destroy(nint handle);

    /// <summary>Where clients find it.</summary>
    public string BootstrapServers { get; }

    public void CreateTopic(string name, int partitions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Function<NewTopic>("rd_kafka_mock_topic_create")(_cluster, name, partitions, 1) is var code and not 0)
            throw new ConnectorException($"the embedded broker cannot make topic '{name}': {(ErrorCode)code}");
    }

    /// <summary>Deletes a topic with all its records.</summary>
    public void DeleteTopic(string name) => Check(Function<RemoveTopic>("rd_kafka_mock_topic_delete")(_cluster, name));

    /// <summary>Says of a topic, to all who ask, that it has an error.</summary>
    public void SetTopicError(string name, ErrorCode error) => Function<FailTopic>("rd_kafka_mock_topic_set_error")(_cluster, name, error);

    /// <summary>Cuts a broker (the first is 1) off, its connections too, or lets clients reach it again.</summary>
    public void SetReachable(int broker, bool isReachable) =>
        Check(Function<ChangeBroker>(isReachable ? "rd_kafka_mock_broker_set_up" : "rd_kafka_mock_broker_set_down")(_cluster, broker));

    /// <summary>Makes a broker answer that late.</summary>
    public void SetRoundTrip(int broker, TimeSpan time) =>
        Check(Function<ChangeRoundTrip>("rd_kafka_mock_broker_set_rtt")(_cluster, broker, (int)time.TotalMilliseconds));

    /// <summary>Answers the next requests of a kind with errors, one after another.</summary>
    /// <param name="request">Kafka's number of the kind of request.</param>
    /// <param name="errors">The errors; <see cref="ErrorCode.Local_Transport"/> closes the connection.</param>
    public void Push(short request, params ErrorCode[] errors) =>
        Function<PushErrors>("rd_kafka_mock_push_request_errors_array")(_cluster, request, (nuint)errors.Length, errors);

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Function<Destroy>("rd_kafka_mock_cluster_destroy")(_cluster);
        Function<Destroy>("rd_kafka_destroy")(_client);
    }

    private static void Check(int code)
    {
        if (code != 0)
            throw new ConnectorException($"the embedded broker cannot do this: {(ErrorCode)code}");
    }

    private T Function<T>(string name) where T : Delegate => ClientLibrary.Function<T>(_library, name);
}
