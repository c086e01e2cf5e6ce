using Serverless.Engine.Sql;

namespace Serverless.Engine.Tests.Sql;

public class SpellingTests
{
    [Theory]
    [InlineData("client_id", "client_ip", "appkey client_ip roleid")]
    [InlineData("FORM", "FROM", "SELECT FROM WHERE")]
    [InlineData("topics", "topic", "connector topic format")]
    [InlineData("TOPIC", "topic", "connector topic format")]
    [InlineData("conector", "connector", "connector topic format")]
    [InlineData("propertis.group.id", "properties.group.id", "properties.bootstrap.servers properties.group.id")]
    [InlineData("uv", null, "pv ip")]
    [InlineData("a", null, "b c")]
    [InlineData("summary", null, "connector topic")]
    [InlineData("", null, "a b")]
    public void The_nearest_word_is_found_if_it_is_near(string word, string? nearest, string known) =>
        Assert.Equal(nearest, Spelling.Nearest(word, known.Split(' ')));
}
