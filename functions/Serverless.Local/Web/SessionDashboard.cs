using Serverless.Dashboard;
using Serverless.Local.Display.Events;
using Serverless.Local.Running;

namespace Serverless.Local.Web;

/// <summary>The dashboard of a session.</summary>
internal static class SessionDashboard
{
    /// <summary>Serves it, and says where.</summary>
    /// <returns>What serves it; null if it is not asked for.</returns>
    /// <exception cref="CommandException">It cannot be served so.</exception>
    public static async Task<DashboardServer?> StartAsync(DashboardChoice? choice, Session session, Terminal terminal, CancellationToken cancellationToken)
    {
        if (choice is null)
            return null;
        var page = new DashboardPage();
        var api = new DashboardApi(session.Jobs, session.CreateReader, new SessionWatch(session, TimeProvider.System), new DashboardHost("local", IsLive: true, session.EmbeddedBrokerAddress), TimeProvider.System);
        var server = await DashboardServer.StartAsync(choice, api, page, cancellationToken);
        var said = new DashboardEvent(server.Url, page.IsBuilt);
        if (page.IsBuilt)
            terminal.Note(said, $"The dashboard is at {server.Url}");
        else
            terminal.Note(said, $"The dashboard's page is not built (it takes Node 20 or newer: build again with Node installed); its JSON is at {server.Url}/api/status");
        return server;
    }
}
