using System.Text.RegularExpressions;

namespace Serverless.Local.Tests.Security;

/// <summary>One of the article's two scripts as it is written there, with what it leaves to the reader filled in.</summary>
internal sealed class ArticleScript
{
    private string _text;

    private ArticleScript(string name) => _text = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Serverless.Engine.Tests", "Sql", "Scripts", name));

    /// <summary>What players have spent.</summary>
    public static ArticleScript Recharge => new("recharge.sql");

    /// <summary>Page views and visitors. The article's script names the other script's topic.</summary>
    public static ArticleScript PvUv => new ArticleScript("pvuv.sql").With("topic", "pv-uv");

    /// <summary>Gives an option that is there another value.</summary>
    public ArticleScript With(string option, string value)
    {
        var written = new Regex($"(?<='{Regex.Escape(option)}'\\s*=\\s*')[^']*(?=')");
        Assert.Matches(written, _text);
        _text = written.Replace(_text, value.Replace("$", "$$", StringComparison.Ordinal), 1);
        return this;
    }

    /// <summary>Names a cluster: its address, a truststore and a user.</summary>
    public ArticleScript At(string brokers, string truststore, string user, string password) =>
        With("properties.bootstrap.servers", brokers)
            .With("properties.ssl.truststore.location", truststore)
            .With("properties.ssl.truststore.password", JavaTruststore.Password)
            .With("properties.sasl.jaas.config", $"org.apache.flink.kafka.shaded.org.apache.kafka.common.security.plain.PlainLoginModule required username=\"{user}\" password=\"{password}\";");

    /// <summary>Leaves an option out.</summary>
    public ArticleScript Without(string option)
    {
        var shortened = new Regex($"\\s*'{Regex.Escape(option)}'\\s*=\\s*'[^']*',?").Replace(_text, "", 1);
        Assert.NotEqual(_text, shortened);
        _text = new Regex(",(?=\\s*\\))").Replace(shortened, "");
        return this;
    }

    /// <summary>Adds options to the source.</summary>
    public ArticleScript Add(string options)
    {
        _text = new Regex("(?<='connector' = 'kafka',)").Replace(_text, $" {options},", 1);
        return this;
    }

    /// <summary>Prints the rows instead of writing them to a database.</summary>
    public ArticleScript Printing()
    {
        var at = _text.IndexOf("'connector' = 'hologres'", StringComparison.Ordinal);
        _text = $"{_text[..at]}'connector' = 'print'{_text[_text.IndexOf(");", at, StringComparison.Ordinal)..]}";
        return this;
    }

    /// <summary>Writes it into a folder.</summary>
    /// <returns>Its path.</returns>
    public string WriteTo(TempFolder folder, string name) => folder.Write(name, _text);
}
