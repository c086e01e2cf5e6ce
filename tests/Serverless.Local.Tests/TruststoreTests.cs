using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serverless.Local.Tests;

public sealed class TruststoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_truststore_is_printed_as_PEM()
    {
        var result = await RunAsync(Save("one"), "s3cret");
        Assert.Equal(("", 0), (result.Error, result.ExitCode));
        Assert.Equal("CN=one", X509Certificate2.CreateFromPem(result.Output).Subject);
    }

    [Fact]
    public async Task Of_several_certificates_it_says_that_a_trigger_takes_the_first()
    {
        var result = await RunAsync(Save("one", "two"), "s3cret");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("warning: these are 2 certificates, and a Kafka trigger takes the first", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_one_line_without_it()
    {
        var result = await RunAsync(Save("one"), "other");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: 'truststore': ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("other", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_that_is_not_set_is_named()
    {
        var result = await Cli.RunAsync("truststore", Save("one"), "--password-env", "NOWHERE");
        Assert.Equal((2, "error: the environment variable 'NOWHERE' is not set\n"), (result.ExitCode, result.Error.ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_one_line()
    {
        var result = await Cli.RunAsync("truststore", _folder["nowhere.jks"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cannot read", result.Error, StringComparison.Ordinal);
    }

    private static Task<CliResult> RunAsync(string file, string password) =>
        Cli.RunAsync(["truststore", file, "--password-env", "STORE"], name => name == "STORE" ? password : null, "", TestContext.Current.CancellationToken);

    private string Save(params string[] names)
    {
        var store = new X509Certificate2Collection();
        foreach (var name in names)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            store.Add(X509CertificateLoader.LoadCertificate(
                new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1)).Export(X509ContentType.Cert)));
        }
        File.WriteAllBytes(_folder["store.p12"], store.Export(X509ContentType.Pkcs12, "s3cret")!);
        return _folder["store.p12"];
    }
}
