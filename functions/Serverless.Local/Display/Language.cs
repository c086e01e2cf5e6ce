using System.CommandLine;

namespace Serverless.Local.Display;

/// <summary>
/// The language that a command speaks to people: English, or Chinese if the environment says so. Texts are found by the English ones; what the table
/// lacks stays English, as errors, warnings and JSON do.
/// </summary>
internal sealed class Language
{
    private const string Table = "messages.zh.txt";

    private readonly Dictionary<string, string> _texts;

    private Language(Dictionary<string, string> texts) => _texts = texts;

    /// <summary>English.</summary>
    public static Language English { get; } = new([]);

    /// <summary>Returns the text for an English one, or for a template.</summary>
    public string this[string english] => _texts.GetValueOrDefault(english, english);

    /// <summary>Returns the language of an environment: the first of <c>LC_ALL</c>, <c>LC_MESSAGES</c> and <c>LANG</c> that is set decides.</summary>
    public static Language Of(Func<string, string?> variables)
    {
        var name = ((string[])["LC_ALL", "LC_MESSAGES", "LANG"]).Select(variables).FirstOrDefault(v => !string.IsNullOrEmpty(v));
        return name?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) is true ? new Language(Read().ToDictionary(t => t.English, t => t.Chinese)) : English;
    }

    /// <summary>Reads the table: a line in English, the same in Chinese below it, and an empty one.</summary>
    public static IEnumerable<(string English, string Chinese)> Read()
    {
        using var file = new StreamReader(typeof(Language).Assembly.GetManifestResourceStream(Table)!);
        while (file.ReadLine() is { } english)
            if (english.Length > 0 && english[0] != '#')
                yield return (english, file.ReadLine()!);
    }

    /// <summary>Describes a command and all below it in this language.</summary>
    public void Describe(Command command)
    {
        foreach (var symbol in (IEnumerable<Symbol>)[command, .. command.Arguments, .. command.Options])
            if (symbol.Description is { } description)
                symbol.Description = this[description];
        foreach (var below in command.Subcommands)
            Describe(below);
    }

    /// <summary>Returns a help text with its headings in this language: the library has them in English alone.</summary>
    public string Help(string text) => _texts.Count == 0 ? text : string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(l =>
        l.StartsWith(' ') ? l.Replace("[default:", this["[default:"], StringComparison.Ordinal) : this[l]));
}
