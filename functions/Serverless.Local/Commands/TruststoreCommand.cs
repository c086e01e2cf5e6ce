using System.CommandLine;
using Serverless.Connectors.Kafka;
using Serverless.Local.Display.Results;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql truststore</c>: a Java truststore as PEM, for an app setting.</summary>
internal static class TruststoreCommand
{
    public static Command Create(Terminal terminal, Func<string, string?> settings)
    {
        var file = new Argument<string>("FILE") { Description = "The truststore: JKS or PKCS12" };
        var password = new Option<string?>("--password-env") { Description = "The environment variable that holds its password; none unless given", HelpName = "NAME" };
        var command = new Command("truststore", "Print the certificates of a Java truststore as PEM, for an app setting of the Functions app") { file, password };
        command.SetAction(result => Print(result.GetRequiredValue(file), result.GetValue(password), terminal, settings));
        return command;
    }

    private static int Print(string file, string? passwordName, Terminal terminal, Func<string, string?> settings)
    {
        string? password = null;
        if (passwordName is not null)
            password = settings(passwordName) ?? throw new CommandException($"the environment variable '{passwordName}' is not set");
        var (pem, count) = Truststore.Read(file, password);
        if (terminal.IsJson)
            terminal.Put(new PemResult(count, pem));
        else
            terminal.Output.Write(pem);
        if (count > 1)
            terminal.Warn($"these are {count} certificates, and a Kafka trigger takes the first: keep the one that signed the brokers' certificates");
        return ExitCode.Ok;
    }
}
