namespace Serverless.Dashboard.Tests;

public sealed class BuildVersionTests
{
    [Theory]
    [InlineData("1.2.0+eae88576fc0fcf3aca2a8334092d2fa10546bdc9", "1.2.0+eae8857")]
    [InlineData("1.2.0-preview.1", "1.2.0-preview.1")]
    [InlineData("1.2.0+local", "1.2.0+local")]
    public void A_version_has_no_more_of_its_commit_than_tells_it_from_others(string version, string shown) => Assert.Equal(shown, BuildVersion.Short(version));
}
