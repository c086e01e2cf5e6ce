using System.Net.Sockets;
using MySqlConnector;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;

namespace Serverless.Connectors.Tests.MySql;

/// <summary>What errors say, asked of a server; those that a test cannot bring about are in its source.</summary>
public sealed class MySqlErrorsTests(MariaDbFixture maria) : MySqlTest
{
    protected override Task<(MariaDbServer Server, string Database)> StartAsync() => maria.DatabaseAsync(Token);

    [Theory]
    [InlineData("22001", 1406, "Rows")]
    [InlineData("23000", 1062, "Rows")]
    [InlineData("45000", 1644, "Rows")]
    [InlineData("HY000", 3819, "Rows")]
    [InlineData("22032", 3140, "Rows")]
    [InlineData("42000", 1118, "Rows")]
    [InlineData("08S01", 1153, "Rows")]
    [InlineData("HY000", 1205, "Passing")]
    [InlineData("40001", 1213, "Passing")]
    [InlineData("08004", 1040, "Passing")]
    [InlineData("42000", 1203, "Passing")]
    [InlineData("42000", 1226, "Passing")]
    [InlineData("HY000", 1290, "Passing")]
    [InlineData("HY000", 1836, "Passing")]
    [InlineData("HY000", 3024, "Passing")]
    [InlineData("70100", 1317, "Passing")]
    [InlineData("HY000", 1114, "Passing")]
    [InlineData("40000", 3101, "Passing")]
    [InlineData("08S01", 1053, "Connection")]
    [InlineData("70100", 1927, "Connection")]
    [InlineData("08S01", 1158, "Connection")]
    [InlineData("HY000", 4031, "Connection")]
    [InlineData("28000", 1045, "Setup")]
    [InlineData("42000", 1049, "Setup")]
    [InlineData("42S02", 1146, "Setup")]
    [InlineData("42S22", 1054, "Setup")]
    [InlineData("42000", 1142, "Setup")]
    [InlineData("HY000", 1364, "Setup")]
    [InlineData("HY000", 9999, "Setup")]
    public async Task An_error_means_what_its_number_or_else_its_SQLSTATE_says(string state, int number, string failure)
    {
        var error = await Assert.ThrowsAsync<MySqlException>(() => ExecuteAsync($"SIGNAL SQLSTATE '{state}' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = 'So it is.'"));

        Assert.Equal((number, state), (error.Number, error.SqlState));
        Assert.Equal(failure, MySqlErrors.Classify(error).ToString());
        Assert.StartsWith($"So it is (MySQL error {number})", MySqlErrors.Describe(error), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_driver_throws_beside_means_a_connection_that_is_gone()
    {
        foreach (var error in (Exception[])[new IOException("a"), new SocketException(104), new InvalidOperationException("b"), new ObjectDisposedException("c"), new TimeoutException("d")])
            Assert.Equal(DatabaseFailure.Connection, MySqlErrors.Classify(error));
        Assert.Equal(DatabaseFailure.Setup, MySqlErrors.Classify(new NotSupportedException()));
        Assert.Equal(DatabaseFailure.Rows, MySqlErrors.Classify(new MySqlTooLargeException(2, 1)));
    }
}
