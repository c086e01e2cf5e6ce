using System.Text.RegularExpressions;
using System.Xml.Linq;
using Serverless.Engine.Expressions;

namespace Serverless.Engine.Tests;

/// <summary>What ARCHITECTURE.md says of who may depend on what.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Root = FindRoot();

    private static readonly string[] Folders = ["functions", "tests"];

    /// <summary>The projects that a project may reference; one that is not here may reference none.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Serverless.Engine"] = [],
        ["Serverless.Connectors"] = ["Serverless.Engine"],
        ["Serverless.Durable"] = ["Serverless.Connectors", "Serverless.Engine"],
        ["Serverless.App"] = ["Serverless.Connectors", "Serverless.Dashboard", "Serverless.Durable", "Serverless.Engine"],
        ["Serverless.Dashboard"] = ["Serverless.Connectors", "Serverless.Engine"],
        ["Serverless.Local"] = ["Serverless.Connectors", "Serverless.Dashboard", "Serverless.Engine"],
    };

    /// <summary>
    /// The rooms of the engine that each may know, from the ground up. Three words are known below the room they are in: what writes and reads state (<c>StateWriter</c>,
    /// <c>StateReader</c>), a place in a script (<c>TextSpan</c>) and a table of one (<c>TableDefinition</c>).
    /// </summary>
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Values"] = ["State"],
        ["Expressions"] = ["Values", "Sql"],
        ["Ingest"] = ["Values", "Expressions", "State", "Formats"],
        ["Formats"] = ["Values", "Expressions", "State", "Ingest", "Sql"],
        ["Aggregates"] = ["Values", "Expressions", "Ingest", "State"],
        ["State"] = ["Values", "Expressions", "Ingest", "Aggregates"],
        ["Operators"] = ["Values", "Expressions", "Aggregates", "State"],
        ["Plans"] = ["Values", "Expressions", "Ingest", "Formats", "Aggregates", "Operators", "Sql"],
        ["Sql"] = ["Values", "Expressions", "Ingest", "Formats", "Aggregates", "State", "Operators", "Plans"],
        ["Runtime"] = ["Values", "Expressions", "Ingest", "Formats", "Aggregates", "State", "Operators", "Plans", "Sql"],
    };

    public static TheoryData<string> RoomNames => [.. Rooms.Keys];

    public static TheoryData<string> Functions =>
        [.. ProjectsIn("functions").Select(p => Path.GetFileNameWithoutExtension(p))];

    [Fact]
    public void The_engine_is_built_of_the_platform_and_a_parser_library_alone() =>
        Assert.DoesNotContain(
            typeof(CompiledJob).Assembly.GetReferencedAssemblies().Select(a => a.Name!),
            name => name != "Superpower" && !name.StartsWith("System.", StringComparison.Ordinal));

    [Fact]
    public void The_engine_packs_no_library_but_the_parsers() =>
        Assert.Equal(["Superpower"], References(ProjectFile("Serverless.Engine"), "PackageReference"));

    [Theory]
    [MemberData(nameof(Functions))]
    public void Arrows_between_projects_point_one_way(string project) =>
        Assert.Subset(
            Allowed.GetValueOrDefault(project, []).ToHashSet(),
            References(ProjectFile(project), "ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/'))).ToHashSet());

    [Fact]
    public void Every_folder_of_the_engine_is_a_room() =>
        Assert.Subset(
            Rooms.Keys.ToHashSet(),
            Directory.EnumerateDirectories(EngineFolder).Select(f => Path.GetFileName(f)).Where(f => f is not ("bin" or "obj")).ToHashSet());

    [Theory]
    [MemberData(nameof(RoomNames))]
    public void A_room_of_the_engine_knows_only_those_that_it_may(string room)
    {
        var folder = new DirectoryInfo(Path.Combine(EngineFolder, room));
        foreach (var file in folder.Exists ? folder.EnumerateFiles("*.cs", SearchOption.AllDirectories).Select(f => f.FullName) : [])
            Assert.All(
                UsedRoom().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).Where(used => used != room && Rooms.ContainsKey(used)),
                used => Assert.True(Rooms[room].Contains(used), $"{Path.GetRelativePath(Root, file)} uses {used}"));
    }

    [Fact]
    public void The_engine_knows_no_clock_no_chance_and_no_outside_world()
    {
        var sources = Directory.EnumerateFiles(EngineFolder, "*.cs", SearchOption.AllDirectories)
            .Where(p => !Path.GetRelativePath(Root, p).Split(Path.DirectorySeparatorChar).Contains("obj"))
            .ToList();
        Assert.NotEmpty(sources);
        foreach (var source in sources)
            Assert.DoesNotMatch(Outside(), File.ReadAllText(source));
    }

    [Fact]
    public void The_solution_lists_every_project_there_is() =>
        Assert.Equal(
            Folders
                .SelectMany(ProjectsIn)
                .Select(p => Path.GetRelativePath(Root, p).Replace('/', '\\'))
                .Order(StringComparer.Ordinal),
            ProjectsOfSolution().Order(StringComparer.Ordinal));

    [Fact]
    public void The_SQL_reference_lists_every_function()
    {
        var reference = File.ReadAllText(Path.Combine(Root, "docs", "sql.md"));
        Assert.All(FunctionCatalog.Names, name => Assert.Contains($"`{name}`", reference, StringComparison.Ordinal));
    }

    [Fact]
    public void The_answers_to_a_newcomers_twelve_questions_lie_in_eighteen_files_that_exist()
    {
        var questions = Architecture().Split("## Where to look")[1].Split("\n## ")[0].Split('\n').Where(l => l.Contains('?', StringComparison.Ordinal)).ToList();
        var files = questions.SelectMany(q => Link().Matches(q).Select(m => m.Groups[1].Value)).ToList();
        Assert.Equal(12, questions.Count);
        Assert.All(questions, q => Assert.Matches(Link(), q));
        Assert.InRange(files.Count, 12, 18);
        Assert.All(files, f => Assert.True(File.Exists(Path.Combine(Root, f)), $"there is no {f}"));
    }

    [Fact]
    public void Every_source_file_that_ARCHITECTURE_names_exists()
    {
        var sources = Folders
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Root, f), "*.cs", SearchOption.AllDirectories))
            .Select(p => Path.GetFileName(p))
            .ToHashSet(StringComparer.Ordinal);
        var named = NamedSource().Matches(Architecture()).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, n => Assert.Contains(n, sources));
    }

    private static string Architecture() => File.ReadAllText(Path.Combine(Root, "ARCHITECTURE.md"));

    // Builds put others into obj.
    private static IEnumerable<string> ProjectsIn(string folder) =>
        Directory.EnumerateDirectories(Path.Combine(Root, folder)).SelectMany(project => Directory.EnumerateFiles(project, "*.csproj"));

    private static IEnumerable<string> ProjectsOfSolution() =>
        ProjectOfSolution().Matches(File.ReadAllText(Path.Combine(Root, "Serverless.sln"))).Select(m => m.Value.Trim('"'));

    private static string ProjectFile(string project) => Path.Combine(Root, "functions", project, project + ".csproj");

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(e => (string)e.Attribute("Include")!);

    private static string EngineFolder => Path.Combine(Root, "functions", "Serverless.Engine");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Serverless.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("no Serverless.sln above the tests");
    }

    [GeneratedRegex(@"\bServerless\.Engine\.(\w+)")]
    private static partial Regex UsedRoom();

    [GeneratedRegex(@"\]\((functions/[^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?:^|[\s(/`])(\w+\.cs)\b")]
    private static partial Regex NamedSource();

    [GeneratedRegex("\"[^\"]+\\.csproj\"")]
    private static partial Regex ProjectOfSolution();

    [GeneratedRegex(@"\b(UtcNow|DateTime\.Now|DateTime\.Today|DateTimeOffset\.Now|TimeProvider|Stopwatch|new Random|Random\.Shared|NewGuid|Environment\.|Console\.|System\.IO|System\.Net|System\.Threading|System\.Diagnostics\.Process|File\.|Task<|Task\b)")]
    private static partial Regex Outside();
}
