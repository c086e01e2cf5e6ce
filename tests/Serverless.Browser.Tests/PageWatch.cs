using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Serverless.Browser.Tests;

/// <summary>
/// What must not happen on any page: an error on the console (a violation of the Content-Security-Policy is one), an uncaught exception, a
/// request to any other place than the dashboard's host, a request that fails.
/// </summary>
internal sealed class PageWatch
{
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentBag<string> _expected = [];
    private readonly string _origin;

    /// <param name="context">Whose pages are watched.</param>
    /// <param name="address">Where the dashboard is.</param>
    public PageWatch(IBrowserContext context, Uri address)
    {
        _origin = address.GetLeftPart(UriPartial.Authority) + "/";
        context.Console += (_, message) =>
        {
            if (message.Type == "error")
                _faults.Enqueue($"console: {message.Text} ({message.Location})");
        };
        context.WebError += (_, error) => _faults.Enqueue($"uncaught: {error.Error}");
        context.Dialog += async (_, dialog) =>
        {
            _faults.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        context.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && !request.Url.StartsWith(_origin, StringComparison.Ordinal))
                _faults.Enqueue($"a request to another place: {request.Url}");
        };
        context.RequestFailed += (_, request) =>
        {
            // The end of a stream that the page has closed.
            if (request.Failure != "net::ERR_ABORTED")
                _faults.Enqueue($"failed: {request.Url} {request.Failure}");
        };
    }

    /// <summary>What has happened so far.</summary>
    public IEnumerable<string> Faults => _faults;

    /// <summary>Lets faults be that a test brings about: those whose text has this in it.</summary>
    public void Expect(string text) => _expected.Add(text);

    /// <summary>Fails where anything has happened that must not.</summary>
    public void AssertNothing() => Assert.DoesNotContain(_faults, f => !_expected.Any(e => f.Contains(e, StringComparison.Ordinal)));
}
