using System.CommandLine;
using System.Text.RegularExpressions;
using Serverless.Connectors;
using Serverless.Engine;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;
using Serverless.Local.Display.Results;

namespace Serverless.Local.Commands;

/// <summary><c>serverless-sql settings</c>: the <c>${NAME}</c> of scripts, as what deploys them takes them; never a value.</summary>
internal static partial class SettingsCommand
{
    public static Command Create(Terminal terminal)
    {
        var scripts = ScriptArguments.Create();
        var form = new Option<string>("--for")
        {
            Description = "What they are printed for: people (names), local.settings.json (local), a parameter file of infra/main.bicep (bicep), or az functionapp config appsettings set (az)",
            HelpName = "FORM",
            DefaultValueFactory = _ => "names",
        };
        form.AcceptOnlyFromAmong("names", "local", "bicep", "az");
        var command = new Command("settings", "Print the ${…} of SQL scripts as app settings, without values") { scripts, form };
        command.SetAction(result => Print(result.GetRequiredValue(scripts), result.GetRequiredValue(form), terminal));
        return command;
    }

    private static int Print(string[] names, string form, Terminal terminal)
    {
        var scripts = ScriptFiles.Compile(names);
        if (!scripts.Report(terminal, Severity.Warning))
            return ExitCode.BadUsage;
        Job[] jobs = [.. scripts.SelectMany(s => s.Jobs)];
        var settings = SettingsOf(jobs);
        if (terminal.IsJson)
        {
            foreach (var setting in settings)
                terminal.Put(setting);
            return ExitCode.Ok;
        }
        foreach (var line in form switch { "local" => Local(settings), "bicep" => Bicep(settings, jobs), "az" => Az(settings), _ => Lines(settings) })
            terminal.Say(line);
        return ExitCode.Ok;
    }

    private static List<SettingResult> SettingsOf(IEnumerable<Job> jobs)
    {
        var uses = jobs.SelectMany(j => (TableDefinition[])[j.Source, j.Sink]).Distinct()
            .SelectMany(t => t.Options.All.SelectMany(o => Placeholders.NamesIn(o.Value).Select(n => (Name: n, Table: t.Name, Option: o.Name))));
        return [.. uses.GroupBy(u => u.Name).Select(g => new SettingResult(g.Key, g.Any(u => IsSecret(u.Option)), [.. g.Select(u => $"{u.Table}: {u.Option}").Distinct()]))];
    }

    // A login belongs beside its password.
    private static bool IsSecret(string option) => SecretOptions.IsSecret(option) || option.Equals("username", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Lines(List<SettingResult> settings)
    {
        var width = settings.Select(s => s.Name.Length).DefaultIfEmpty().Max();
        return settings.Select(s => $"{s.Name.PadRight(width)}  {(s.IsSecret ? "secret  " : "        ")}{string.Join(", ", s.Options)}");
    }

    private static IEnumerable<string> Local(List<SettingResult> settings)
    {
        (string, string)[] values =
        [
            ("AzureWebJobsStorage", "UseDevelopmentStorage=true"), ("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated"),
            ("AzureFunctionsJobHost__extensions__durableTask__tracing__distributedTracingEnabled", "false"), .. settings.Select(s => (s.Name, "")),
        ];
        return ["{", "  \"IsEncrypted\": false,", "  \"Values\": {", .. values.Select(((string Name, string Value) v, int i) => $"    \"{v.Name}\": \"{v.Value}\"{(i < values.Length - 1 ? "," : "")}"), "  }", "}"];
    }

    private static IEnumerable<string> Bicep(List<SettingResult> settings, Job[] jobs)
    {
        var secrets = settings.Where(s => s.IsSecret).ToList();
        var functions = FunctionNames.Of(jobs).SelectMany(names => names).Select(name => $"'{name}'");
        yield return "// What the scripts name, as 'serverless-sql settings --for bicep' prints it: print it again when they change.";
        yield return $"param kafkaFunctions = [{string.Join(", ", functions)}]";
        yield return "";
        yield return "param settings = {";
        foreach (var setting in settings.Where(s => !s.IsSecret))
            yield return $"  {Key(setting)}: readEnvironmentVariable('{setting.Name}')";
        yield return "}";
        yield return "";
        yield return "param secretNames = [";
        foreach (var secret in secrets)
            yield return $"  '{secret.Name}'";
        yield return "]";
        yield return "";
        yield return "// A variable that is not set leaves the key vault's secret as it is.";
        yield return "param secrets = {";
        foreach (var secret in secrets)
            yield return $"  {Key(secret)}: readEnvironmentVariable('{secret.Name}', '')";
        yield return "}";
    }

    private static string Key(SettingResult setting) => PlainName().IsMatch(setting.Name) ? setting.Name : $"'{setting.Name}'";

    // The vault's names have hyphens, as infra/modules/vault.bicep makes them.
    private static IEnumerable<string> Az(List<SettingResult> settings) => settings.Count == 0 ? [] :
    [
        "az functionapp config appsettings set --resource-group GROUP --name APP --settings \\",
        .. settings.Select((s, i) => (s.IsSecret
            ? $"  '{s.Name}=@Microsoft.KeyVault(VaultName=VAULT;SecretName={s.Name.Replace('_', '-')})'"
            : PlainName().IsMatch(s.Name) ? $"  \"{s.Name}=${{{s.Name}}}\"" : $"  '{s.Name}=VALUE'") + (i < settings.Count - 1 ? " \\" : "")),
    ];

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex PlainName();
}
