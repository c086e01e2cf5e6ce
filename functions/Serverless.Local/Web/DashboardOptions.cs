using System.CommandLine;

namespace Serverless.Local.Web;

/// <summary>The options of a command that serves the dashboard.</summary>
internal sealed class DashboardOptions
{
    /// <summary>The setting that holds the token.</summary>
    public const string Token = "SERVERLESS_DASHBOARD_TOKEN";

    private const int ShortestToken = 16;

    private readonly Option<string> _listen = new("--listen")
    {
        Description = $"Where the dashboard is served (default: {ListenAddress.Default}). On an address that other machines reach, it takes a token in {Token}; "
            + "there is no TLS: put a reverse proxy in front",
        HelpName = "ADDRESS:PORT",
    };

    private readonly Option<bool> _none = new("--no-dashboard") { Description = "Serve no dashboard" };

    /// <summary>Adds the options to a command.</summary>
    public DashboardOptions(Command command)
    {
        command.Options.Add(_listen);
        command.Options.Add(_none);
    }

    /// <summary>What a command line says.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="untilIdle">Whether the command ends by itself, so that nobody would look unless asked to.</param>
    /// <param name="settings">Gives the value of a setting.</param>
    /// <returns>What is asked for; null for no dashboard.</returns>
    /// <exception cref="CommandException">It cannot be served so.</exception>
    public DashboardChoice? Read(ParseResult result, bool untilIdle, Func<string, string?> settings)
    {
        var text = result.GetValue(_listen);
        if (result.GetValue(_none))
            return text is null ? null : throw new CommandException("--listen says where the dashboard is served, and --no-dashboard that it is not: keep one of them");
        if (untilIdle && text is null)
            return null;
        var address = ListenAddress.Default;
        if (text is not null && !ListenAddress.TryParse(text, out address))
            throw new CommandException($"'{text}' is no address to listen on: write it as 127.0.0.1:5080, [::1]:5080, localhost:5080 or, for all addresses of this machine, 0.0.0.0:5080");
        var token = settings(Token) is { Length: > 0 } value ? value : null;
        if (token is { Length: < ShortestToken })
            throw new CommandException($"{Token} has fewer than {ShortestToken} characters: {HowToMakeOne}");
        if (token is null && !address.IsLoopback)
            throw new CommandException($"--listen {text} lets other machines read the tables, so it takes a token: {HowToMakeOne}");
        return new DashboardChoice(address, text is null, token);
    }

    private static string HowToMakeOne => $"set {Token} to a secret of at least {ShortestToken} characters, such as what 'openssl rand -hex 24' prints";
}
