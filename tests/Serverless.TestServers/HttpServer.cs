using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Serverless.TestServers;

/// <summary>A server of HTTP on this machine, which answers in JSON.</summary>
public abstract class HttpServer : IDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;

    /// <summary>Starts one.</summary>
    protected HttpServer()
    {
        // A port that was free a moment ago may be another's by now.
        for (var attempt = 0; ; attempt++)
        {
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            }

            _listener = new HttpListener();
            _listener.Prefixes.Add(Url);
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                _listener.Close();
            }
        }

        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Its address.</summary>
    public string Url { get; }

    /// <summary>The user and the password that it wants, with a colon between; null for none.</summary>
    public string? Login { get; set; }

    /// <summary>The type of its answers.</summary>
    protected virtual string ContentType => "application/json";

    /// <inheritdoc />
    public void Dispose()
    {
        _listener.Close();
        _serving.Wait(TimeSpan.FromSeconds(30));
        GC.SuppressFinalize(this);
    }

    /// <summary>Answers a request.</summary>
    /// <returns>The status and the answer, to be written as JSON; null for a connection that is lost.</returns>
    protected abstract Task<(int Status, object Answer)?> AnswerAsync(HttpListenerRequest request);

    /// <summary>Whether a request has the login that is wanted.</summary>
    protected bool IsLoggedIn(HttpListenerRequest request) =>
        Login is not { } login || request.Headers["Authorization"] == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}";

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                if (await AnswerAsync(context.Request) is not var (status, answer))
                {
                    context.Response.Abort();
                    continue;
                }

                context.Response.StatusCode = status;
                context.Response.ContentType = ContentType;
                await context.Response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Whoever asked is gone.
            }
        }
    }
}
