using Serverless.Engine;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests.Functions;

/// <summary><c>CREATE FUNCTION … USING ASSEMBLY</c>: which files are loaded, and what is said of those that are not.</summary>
public sealed class FunctionAssemblyTests : IDisposable
{
    private const string Mask = "namespace Demo { public static class Mask { public static string Eval(string x) => x[..1] + \"***\"; } }";

    private readonly TempFolder _folder = new();
    private readonly ConnectorCatalog _catalog = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_function_is_found_beside_its_script()
    {
        Write("mask.dll", Mask);
        Assert.Equal([], Errors("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll'"));
    }

    [Fact]
    public void A_host_may_keep_the_assemblies_in_a_folder_of_its_own()
    {
        Write("mask.dll", Mask);
        var script = ScriptCompiler.Compile(new SourceText("job.sql", Script("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll'")), new ConnectorCatalog(_folder.Path));
        Assert.DoesNotContain(script.Diagnostics, d => d.Severity == Severity.Error);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named_with_its_folder() => Assert.Equal(
        [$"there is no file '{_folder["no.dll"]}': paths are from the script's folder on"],
        Errors("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'no.dll'"));

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        _folder.Write("mask.dll", "MZ");
        Assert.Equal(["'mask.dll' is no assembly of .NET that can be loaded"], Errors("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll'"));
    }

    [Theory]
    [InlineData("Demo.Masc", "'mask.dll' has no public class 'Demo.Masc'; did you mean 'Demo.Mask'?")]
    [InlineData("com.example.Hidden", "'mask.dll' has no public class 'com.example.Hidden'; there is 'Demo.Mask'")]
    public void A_class_that_is_not_there_is_named_with_those_that_are(string name, string error)
    {
        Write("mask.dll", Mask);
        Assert.Equal([error], Errors($"CREATE FUNCTION f AS '{name}' USING ASSEMBLY 'mask.dll'"));
    }

    [Fact]
    public void An_assembly_that_is_needed_must_be_listed()
    {
        Write("helper.dll", "namespace Demo { public static class Helper { public static string Star => \"***\"; } }");
        Write("mask.dll", "namespace Demo { public static class Mask { public static string Eval(string x) => x[..1] + Helper.Star; } }", "helper.dll");
        Assert.Equal(
            ["'mask.dll' needs the assembly 'helper', which is not listed: add ASSEMBLY 'helper.dll' behind it"],
            Errors("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll'"));
        Assert.Equal([], Errors("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll', ASSEMBLY 'helper.dll'"));
    }

    [Fact]
    public void An_assembly_of_this_program_is_none_of_a_functions()
    {
        Write("mask.dll", "namespace Demo { public static class Mask { public static string Eval(string x) => typeof(Superpower.Model.Position).Name; } }", typeof(Superpower.Model.Position).Assembly.Location);
        Assert.Equal(
            ["'mask.dll' needs the assembly 'Superpower', which is not listed: add ASSEMBLY 'Superpower.dll' behind it"],
            Errors("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll'"));
    }

    [Fact]
    public void State_belongs_to_the_code_of_a_function_and_not_to_its_files_time_or_name()
    {
        const string Create = "CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll'";
        Write("mask.dll", Mask);
        var first = Fingerprint(Create);
        Write("mask.dll", Mask);
        Assert.Equal(first, Fingerprint(Create));
        Write("mask.dll", Mask.Replace("***", "****", StringComparison.Ordinal));
        Assert.NotEqual(first, Fingerprint(Create));
    }

    [Fact]
    public void A_plan_shows_a_function_by_its_name_alone()
    {
        Write("mask.dll", Mask);
        Assert.Contains(("group key", "F(k)"), Plan.Of(Compile("CREATE FUNCTION f AS 'Demo.Mask' USING ASSEMBLY 'mask.dll'").Jobs.Single()));
    }

    private void Write(string name, string source, params string[] references) =>
        CSharpAssembly.Write(_folder[name], source, [.. references.Select(r => Path.Combine(_folder.Path, r))]);

    private string Fingerprint(string create) => Plan.Fingerprint(Compile(create).Jobs.Single());

    private IEnumerable<string> Errors(string create) => Compile(create).Diagnostics.Where(d => d.Severity == Severity.Error).Select(d => d.Message);

    private Script Compile(string create) => ScriptCompiler.Compile(new SourceText(_folder["job.sql"], Script(create)), _catalog);

    private static string Script(string create) => $"""
        {create};
        CREATE TABLE s (k STRING, n INT) WITH ('connector' = 'kafka', 'topic' = 't', 'properties.bootstrap.servers' = 'b', 'format' = 'json');
        CREATE TABLE r (k STRING, n INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'print');
        INSERT INTO r SELECT f(k), SUM(n) FROM s GROUP BY f(k);
        """;
}
