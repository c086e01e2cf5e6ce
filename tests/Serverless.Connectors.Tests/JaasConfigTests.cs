using Serverless.Connectors.Kafka;

namespace Serverless.Connectors.Tests;

public class JaasConfigTests
{
    private const string Plain = "org.apache.kafka.common.security.plain.PlainLoginModule";

    [Theory]
    [InlineData(Plain + " required username=\"u\" password=\"p\";", "u", "p")]
    [InlineData("org.apache.flink.kafka.shaded.org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"p\";", "u", "p")]
    [InlineData("org.apache.kafka.common.security.scram.ScramLoginModule required username='u' password='p';", "u", "p")]
    [InlineData("  " + Plain + "\n  required\n  password = \"p\"\n  username = u ;  ", "u", "p")]
    [InlineData(Plain + " REQUIRED serviceName=\"k\" username=\"u\" password=\"p\";", "u", "p")]
    [InlineData(Plain + " required username=\"u\" password=\"a\\\"b\\\\c;d=e 'f'\";", "u", "a\"b\\c;d=e 'f'")]
    [InlineData(Plain + " required username=\"$ConnectionString\" password=\"Endpoint=sb://x/;SharedAccessKey=a+b/c=\";", "$ConnectionString", "Endpoint=sb://x/;SharedAccessKey=a+b/c=")]
    [InlineData(Plain + " required username=\"${USER}\" password=\"${PW}\";", "${USER}", "${PW}")]
    [InlineData(Plain + " required username=\"玩家\" password=\"密码\";", "玩家", "密码")]
    public void User_and_password_are_found(string text, string username, string password)
    {
        Assert.True(JaasConfig.TryParse(text, out var config, out _));
        Assert.Equal((username, password), (config.Username, config.Password));
    }

    [Theory]
    [InlineData("", "must end with a semicolon")]
    [InlineData(Plain + " required username=\"u\" password=\"s3cret\"", "must end with a semicolon")]
    [InlineData(Plain + " required username=\"u\" password=\"s3cret;", "has a quote that is not closed")]
    [InlineData(Plain + " username=\"u\" password=\"s3cret\";", "must have the word 'required' behind the login module")]
    [InlineData(Plain + " required username=\"u\";", "must have password=\"…\"")]
    [InlineData(Plain + " required password=\"s3cret\";", "must have username=\"…\"")]
    [InlineData(Plain + " required username=\"u\" password=;", "has a name without a value")]
    [InlineData(Plain + " required username=\"u\" password=\"a\" s3cret;", "must have only name=\"value\" behind 'required'; is a quote missing?")]
    [InlineData(Plain + ";", "must be '<login module> required username=\"…\" password=\"…\";'")]
    [InlineData("com.sun.security.auth.module.Krb5LoginModule required;", "must name PlainLoginModule or ScramLoginModule; for others set 'properties.sasl.mechanism' and the client's own 'properties.sasl.*'")]
    [InlineData(Plain + " required username=\"u\" password=\"s3cret\"; " + Plain + " required username=\"u\" password=\"s3cret\";", "must have one login module and nothing behind its semicolon")]
    public void What_is_wrong_is_said_without_the_secret(string text, string wrong)
    {
        Assert.False(JaasConfig.TryParse(text, out _, out var said));
        Assert.Equal(wrong, said);
        Assert.DoesNotContain("s3cret", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_it_has_no_secret()
    {
        Assert.True(JaasConfig.TryParse(Plain + " required username=\"u\" password=\"s3cret\";", out var config, out _));
        Assert.DoesNotContain("s3cret", $"{config}", StringComparison.Ordinal);
    }
}
