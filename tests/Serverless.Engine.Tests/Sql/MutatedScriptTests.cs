using System.Globalization;
using System.Text.RegularExpressions;
using Serverless.Engine.Sql;
using Serverless.Engine.Tests.Jobs;

namespace Serverless.Engine.Tests.Sql;

/// <summary>
/// Scripts of the <c>.job</c> files with a token too many, too few, or in the wrong place: each is compiled or refused, and every error has its place.
/// The setting <c>MUTATED_SCRIPTS</c> says how many.
/// </summary>
public sealed partial class MutatedScriptTests
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("MUTATED_SCRIPTS") ?? "300", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_script_with_mistakes_is_compiled_or_refused_with_a_place_for_each_error()
    {
        var scripts = JobTests.Names.Select(name => Tokens().Matches(JobCase.Load(name.Data).Sql).Select(m => m.Value).ToArray()).ToList();
        await Task.Run(() =>
        {
            for (var seed = 0; seed < Count; seed++)
                Check(seed, string.Concat(Mutated(scripts, new Random(seed))));
        }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
    }

    private static void Check(int seed, string text)
    {
        Script script;
        try
        {
            script = ScriptCompiler.Compile(new SourceText("test.sql", text), new TestConnectors());
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}:\n{text}", e);
        }

        foreach (var diagnostic in script.Diagnostics)
            Assert.True(
                diagnostic.Span.Start >= 0 && diagnostic.Span.End <= text.Length && diagnostic.Source.Position(diagnostic.Span.Start) is (>= 1, >= 1),
                $"seed {seed}: '{diagnostic.Message}' stands nowhere\n{text}");
        Assert.True(script.HasErrors || script.Jobs.Count > 0, $"seed {seed}: no job and no error\n{text}");
    }

    private static IEnumerable<string> Mutated(List<string[]> scripts, Random random)
    {
        var tokens = scripts[random.Next(scripts.Count)].ToList();
        for (var mistakes = random.Next(1, 4); mistakes > 0; mistakes--)
        {
            var at = random.Next(tokens.Count);
            switch (random.Next(4))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, tokens[at]);
                    break;
                case 2:
                    var other = random.Next(tokens.Count);
                    (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                    break;
                default:
                    var from = scripts[random.Next(scripts.Count)];
                    tokens[at] = from[random.Next(from.Length)];
                    break;
            }

            if (tokens.Count == 0)
                break;
        }

        return tokens;
    }

    // Words, strings and marks, each with the blanks behind it.
    [GeneratedRegex(@"(--[^\n]*|'[^']*'|`[^`]*`|\w+|[^\w\s])\s*")]
    private static partial Regex Tokens();
}
