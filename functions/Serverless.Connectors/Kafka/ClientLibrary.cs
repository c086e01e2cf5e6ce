using System.Runtime.InteropServices;
using System.Text;

namespace Serverless.Connectors.Kafka;

/// <summary>librdkafka, in the build that fits this system.</summary>
internal static class ClientLibrary
{
    /// <summary>Log in with Kerberos.</summary>
    public const string Kerberos = "sasl_gssapi";

    /// <summary>Fetch tokens from an OpenID Connect provider.</summary>
    public const string OpenIdConnect = "oidc";

    private const int FeaturesLength = 1024;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint NewConfiguration();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void DestroyConfiguration(nint configuration);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int GetConfiguration(nint configuration, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [In, Out] byte[] value, ref nuint length);

    /// <summary>Loads it; the .NET client takes the same build.</summary>
    /// <exception cref="ConnectorException">There is none for this system.</exception>
    public static nint Load()
    {
        // One build per C library; the plain one also wants libsasl2, which few machines have.
        string[] builds = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) || RuntimeInformation.RuntimeIdentifier.Contains("alpine", StringComparison.Ordinal)
            ? ["alpine-librdkafka"]
            : ["librdkafka", "centos8-librdkafka"];
        foreach (var build in builds)
            if (NativeLibrary.TryLoad(build, typeof(ClientLibrary).Assembly, null, out var library))
                return library;
        throw new ConnectorException("the Kafka client library (librdkafka) cannot be loaded on this system");
    }

    /// <summary>Returns a function of its C interface.</summary>
    public static T Function<T>(nint library, string name) where T : Delegate =>
        Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    /// <summary>Whether the build has a feature.</summary>
    public static bool Has(string feature)
    {
        var library = Load();
        var configuration = Function<NewConfiguration>(library, "rd_kafka_conf_new")();
        var (value, length) = (new byte[FeaturesLength], (nuint)FeaturesLength);
        _ = Function<GetConfiguration>(library, "rd_kafka_conf_get")(configuration, "builtin.features", value, ref length);
        Function<DestroyConfiguration>(library, "rd_kafka_conf_destroy")(configuration);
        return Encoding.UTF8.GetString(value).TrimEnd('\0').Split(',').Contains(feature);
    }
}
