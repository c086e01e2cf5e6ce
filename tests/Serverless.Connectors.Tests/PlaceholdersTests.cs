namespace Serverless.Connectors.Tests;

public class PlaceholdersTests
{
    private readonly Placeholders _placeholders = new(name => name switch { "HOST" => "h", "Kafka__Port" => "9092", _ => null });

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("${HOST}", "h")]
    [InlineData("${HOST}:${Kafka__Port}", "h:9092")]
    [InlineData("$HOST {HOST} ${} ${1}", "$HOST {HOST} ${} ${1}")]
    public void Settings_are_filled_in(string value, string filled) => Assert.Equal(filled, _placeholders.Resolve("o", value));

    [Fact]
    public void A_missing_setting_is_an_error_that_names_option_and_setting()
    {
        var error = Assert.Throws<ConnectorException>(() => _placeholders.Resolve("password", "${DB_PASSWORD}"));

        Assert.StartsWith("option 'password' needs the setting 'DB_PASSWORD', which is not set", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_in_a_value_can_be_listed()
    {
        Assert.Equal(["HOST", "Kafka__Port"], Placeholders.NamesIn("${HOST}:${Kafka__Port}"));
        Assert.True(Placeholders.IsWhole("${HOST}"));
        Assert.False(Placeholders.IsWhole("${HOST}:1"));
    }
}
