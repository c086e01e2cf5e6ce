using System.Net;
using Serverless.Connectors.Kafka;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>
/// Checks what the options of a <c>kafka</c> table say together of logins and TLS: a login that cannot work is an error, and what lets
/// others read along or pass for the brokers is a warning. Of a value that holds a placeholder nothing is known.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="diagnostics">Told what is wrong.</param>
internal sealed class KafkaSecurityChecks(TableDefinition table, Diagnostics diagnostics)
{
    private const string Oidc =
        "'properties.sasl.oauthbearer.method' = 'oidc', with 'properties.sasl.oauthbearer.client.id', 'properties.sasl.oauthbearer.client.secret' and 'properties.sasl.oauthbearer.token.endpoint.url'";

    /// <summary>Checks them.</summary>
    public static void Check(TableDefinition table, Diagnostics diagnostics)
    {
        var checks = new KafkaSecurityChecks(table, diagnostics);
        if (checks.ProtocolOf() is not { } protocol)
        {
            // Nothing is sent in clear text for certain, nor is TLS left out.
            checks.CheckVerification();
            return;
        }
        if (protocol.StartsWith("SASL_", StringComparison.Ordinal))
            checks.CheckLogin(protocol);
        if (protocol.EndsWith("SSL", StringComparison.Ordinal))
            checks.CheckVerification();
    }

    // In capitals; null if it is not known.
    private string? ProtocolOf() =>
        !TryGet(out var protocol, "security.protocol") ? "PLAINTEXT" : Placeholders.IsIn(protocol.Value) ? null : protocol.Value.ToUpperInvariant();

    private void CheckVerification()
    {
        if (TryGet(out var verification, "enable.ssl.certificate.verification") && verification.Value.Equals("false", StringComparison.OrdinalIgnoreCase))
            diagnostics.Warning(
                verification.ValueSpan,
                $"'{verification.Name}' = 'false' takes anyone for the brokers: who is in between reads the password and every record; remove it, and name the authority of "
                + "the brokers' certificates with 'properties.ssl.truststore.location' or 'properties.ssl.ca.location'");
        if (TryGet(out var names, "ssl.endpoint.identification.algorithm") && (names.Value.Length == 0 || names.Value.Equals("none", StringComparison.OrdinalIgnoreCase)))
            diagnostics.Warning(
                names.ValueSpan,
                $"'{names.Name}' = '{names.Value}' takes any host with a certificate of a trusted authority for the brokers; remove it, and have the brokers' certificates "
                + "made out to the names that clients use");
    }

    private void CheckLogin(string protocol)
    {
        TryGet(out var named, "sasl.mechanism", "sasl.mechanisms");
        TryGet(out var jaas, "sasl.jaas.config");
        if (named is not null && Placeholders.IsIn(named.Value))
            return;
        var module = jaas is not null && JaasConfig.TryParse(jaas.Value, out var parsed, out _) ? parsed : null;
        var mechanism = named?.Value.ToUpperInvariant() ?? (module?.Module == "PlainLoginModule" ? "PLAIN" : null);
        TryGet(out var option, "security.protocol");
        switch (mechanism)
        {
            case null when module is not null:
                diagnostics.Error(jaas!.ValueSpan, $"'{jaas.Name}' names {module.Module}: set 'properties.sasl.mechanism' to 'SCRAM-SHA-256' or 'SCRAM-SHA-512'");
                break;
            case null when jaas is null:
                diagnostics.Error(option!.ValueSpan, $"'{option.Name}' = '{option.Value}' needs 'properties.sasl.mechanism': 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512' or 'OAUTHBEARER'");
                break;
            case "GSSAPI":
                CheckKerberos(named!);
                break;
            case "OAUTHBEARER":
                CheckToken(named!);
                break;
            case "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512":
                CheckPassword(mechanism, named, jaas, module);
                break;
        }
        if (protocol == "SASL_PLAINTEXT" && !IsLoopback())
            diagnostics.Warning(
                option!.ValueSpan,
                $"'{option.Name}' = '{option.Value}' sends {(mechanism is "PLAIN" or null ? "the password and every record" : "every record")} in clear text; use 'SASL_SSL', at the brokers' port for it");
    }

    private void CheckKerberos(TableOption mechanism)
    {
        if (!ClientLibrary.Has(ClientLibrary.Kerberos))
            diagnostics.Error(
                mechanism.ValueSpan,
                $"'{mechanism.Name}' cannot be 'GSSAPI' on this machine: its build of the Kafka client library has no Kerberos; use 'PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512' or "
                + "'OAUTHBEARER', or install Cyrus SASL (libsasl2) with its GSSAPI module");
    }

    private void CheckToken(TableOption mechanism)
    {
        if (TryGet(out var unsecured, "enable.sasl.oauthbearer.unsecure.jwt") && !unsecured.Value.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            if (!Placeholders.IsIn(unsecured.Value))
                diagnostics.Warning(unsecured.ValueSpan, $"'{unsecured.Name}' = '{unsecured.Value}' logs in with a token that anyone can make; use {Oidc}");
            return;
        }
        if (TryGet(out var method, "sasl.oauthbearer.method") && Placeholders.IsIn(method.Value))
            return;
        if (method is null || !method.Value.Equals("oidc", StringComparison.OrdinalIgnoreCase))
            diagnostics.Error(mechanism.ValueSpan, $"'{mechanism.Name}' = '{mechanism.Value}' has no token to log in with: set {Oidc}");
        else if (!ClientLibrary.Has(ClientLibrary.OpenIdConnect))
            diagnostics.Error(method.ValueSpan, $"'{method.Name}' cannot be 'oidc' on this machine: its build of the Kafka client library fetches no tokens");
        else
            foreach (var name in (string[])["sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret", "sasl.oauthbearer.token.endpoint.url"])
                if (!TryGet(out _, name))
                    diagnostics.Error(method.ValueSpan, $"'{method.Name}' = '{method.Value}' needs the option '{KafkaProperty.Prefix}{name}'");
    }

    private void CheckPassword(string mechanism, TableOption? named, TableOption? jaas, JaasConfig? module)
    {
        if (module is not null && !module.Fits(mechanism))
            diagnostics.Error(jaas!.ValueSpan, $"'{jaas.Name}' names {module.Module}, which does not go with '{named!.Name}' = '{named.Value}'");
        else if (jaas is null && !(TryGet(out _, "sasl.username") && TryGet(out _, "sasl.password")))
            diagnostics.Error(named!.ValueSpan, $"'{named.Name}' = '{named.Value}' needs the option 'properties.sasl.jaas.config', or 'properties.sasl.username' and 'properties.sasl.password'");
    }

    private bool IsLoopback() => TryGet(out var brokers, "bootstrap.servers", "metadata.broker.list") && brokers.Value.Split(',').All(b =>
    {
        var host = b.Trim()[..Math.Max(0, b.Trim().LastIndexOf(':'))].Trim('[', ']');
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    });

    private bool TryGet([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TableOption? option, params string[] names) =>
        table.Options.TryGet(out option, [.. names.Select(n => KafkaProperty.Prefix + n)]);
}
