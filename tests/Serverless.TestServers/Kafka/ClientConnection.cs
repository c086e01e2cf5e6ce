using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Serverless.TestServers.Kafka;

/// <summary>One client's connection: TLS, a login, and then requests that are passed on to the broker.</summary>
internal sealed class ClientConnection(TcpClient client, IPEndPoint broker, BrokerSecurity security, Func<IPEndPoint, IPEndPoint> replace)
{
    private readonly ConcurrentDictionary<int, RequestHeader> _unanswered = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile string? _user;
    private SaslLogin? _login;

    /// <summary>Who has logged in; null as long as nobody has.</summary>
    public string? User => _user;

    /// <summary>Ends it at once.</summary>
    public void Cut() => client.Close();

    /// <summary>Serves it until one side ends it.</summary>
    public async Task ServeAsync(CancellationToken closing)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(closing);
        using var upstream = new TcpClient { NoDelay = true };
        try
        {
            client.NoDelay = true;
            await using var stream = await OpenAsync(closing);
            await upstream.ConnectAsync(broker, closing);
            var requests = PassRequestsAsync(stream, upstream.GetStream(), ending.Token);
            var answers = PassAnswersAsync(upstream.GetStream(), stream, ending.Token);
            await Task.WhenAny(requests, answers);
            // Whoever ends first ends both.
            await ending.CancelAsync();
            await Task.WhenAll(requests, answers);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException or InvalidDataException or ObjectDisposedException)
        {
            // The client sees its connection end.
        }
        finally
        {
            client.Dispose();
            _writing.Dispose();
        }
    }

    private async Task<Stream> OpenAsync(CancellationToken closing)
    {
        if (security.Certificate is null)
            return client.GetStream();
        var tls = new SslStream(client.GetStream());
        var options = new SslServerAuthenticationOptions { ServerCertificate = security.Certificate, ClientCertificateRequired = security.ClientAuthority is not null };
        if (security.ClientAuthority is { } authority)
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null && ClientCertificates.IsOf(certificate, authority);
        await tls.AuthenticateAsServerAsync(options, closing);
        return tls;
    }

    private async Task PassRequestsAsync(Stream stream, Stream upstream, CancellationToken ending)
    {
        while (await Frame.ReadAsync(stream, ending) is { } frame)
        {
            var header = RequestHeader.Read(frame);
            if (security.Users is not null && header.Key is ApiKey.SaslHandshake or ApiKey.SaslAuthenticate)
            {
                await AnswerAsync(stream, header.Key == ApiKey.SaslHandshake ? Handshake(frame) : Authenticate(frame, header.Version), header, ending);
                continue;
            }
            // As Kafka does with whoever sends something else before the login.
            if (security.Users is not null && _user is null && header.Key != ApiKey.ApiVersions)
                return;
            _unanswered[header.CorrelationId] = header;
            await Frame.WriteAsync(upstream, frame, ending);
        }
    }

    private async Task PassAnswersAsync(Stream upstream, Stream stream, CancellationToken ending)
    {
        while (await Frame.ReadAsync(upstream, ending) is { } frame)
        {
            var answer = !_unanswered.TryRemove(new ProtocolReader(frame).Int32(), out var header) ? frame : header.Key switch
            {
                ApiKey.ApiVersions => ApiVersionsAnswer.Change(frame, header.Version, hasUsers: security.Users is not null),
                ApiKey.Metadata => BrokerAddresses.InMetadata(frame, header.Version, replace),
                ApiKey.FindCoordinator => BrokerAddresses.InCoordinator(frame, header.Version, replace),
                _ => frame,
            };
            await WriteAsync(stream, answer, ending);
        }
    }

    private byte[] Handshake(byte[] frame)
    {
        var mechanism = RequestHeader.Body(frame).String() ?? "";
        _login = security.Mechanisms.Contains(mechanism) ? SaslLogin.Of(mechanism, security.Users!) : null;
        const short unsupportedMechanism = 33;
        var answer = new ProtocolWriter().Int16(_login is null ? unsupportedMechanism : (short)0).Int32(security.Mechanisms.Count);
        foreach (var each in security.Mechanisms)
            answer.String(each);
        return answer.ToArray();
    }

    private byte[] Authenticate(byte[] frame, short version)
    {
        const short authenticationFailed = 58;
        var token = RequestHeader.Body(frame).Bytes();
        var answer = _login?.Answer(token);
        var writer = new ProtocolWriter();
        if (answer is null)
            writer.Int16(authenticationFailed).String(_login?.Refusal ?? "no mechanism was chosen").Bytes([]);
        else
            writer.Int16(0).String(null).Bytes(answer);
        if (version >= 1)
            writer.Int64(0); // a session without an end
        if (answer is null || _login!.User is not null)
            security.Users!.Count(isLogin: answer is not null);
        _user = answer is null ? null : _login!.User;
        return writer.ToArray();
    }

    private Task AnswerAsync(Stream stream, byte[] body, RequestHeader header, CancellationToken ending) =>
        WriteAsync(stream, [.. new ProtocolWriter().Int32(header.CorrelationId).ToArray(), .. body], ending);

    private async Task WriteAsync(Stream stream, byte[] frame, CancellationToken ending)
    {
        await _writing.WaitAsync(ending);
        try
        {
            await Frame.WriteAsync(stream, frame, ending);
        }
        finally
        {
            _writing.Release();
        }
    }
}
