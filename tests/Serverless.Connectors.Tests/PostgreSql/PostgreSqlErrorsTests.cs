using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Npgsql;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.PostgreSql;

namespace Serverless.Connectors.Tests.PostgreSql;

public class PostgreSqlErrorsTests
{
    [Theory]
    [InlineData(DatabaseFailure.Rows, "22001 22003 22021 22P02 22008 23502 23503 23505 23514 54000 44000 P0001")]
    [InlineData(DatabaseFailure.Connection, "08000 08003 08006 08P01 57P01 57P02 57P03 57P05")]
    [InlineData(DatabaseFailure.Passing, "40001 40P01 55P03 55006 53000 53100 53200 53300 25006 57014 58030 XX000")]
    [InlineData(DatabaseFailure.Setup, "42P01 42703 42P10 42501 42804 42601 28P01 28000 3D000 3F000 0A000 55000")]
    public void A_code_says_what_an_error_means(object failure, string states)
    {
        foreach (var state in states.Split(' '))
            Assert.Equal((state, (DatabaseFailure)failure), (state, PostgreSqlErrors.Classify(new PostgresException("no", "ERROR", "ERROR", state))));
    }

    [Fact]
    public void What_happens_on_the_way_is_told_apart()
    {
        (Exception Error, DatabaseFailure Failure)[] cases =
        [
            (new NpgsqlException("refused", new SocketException()), DatabaseFailure.Connection),
            (new NpgsqlException("broken", new IOException()), DatabaseFailure.Connection),
            (new NpgsqlException("ended", new EndOfStreamException()), DatabaseFailure.Connection),
            (new NpgsqlException("slow", new TimeoutException()), DatabaseFailure.Passing),
            (new NpgsqlException("certificate", new AuthenticationException()), DatabaseFailure.Setup),
            (new NpgsqlException("file", new FileNotFoundException()), DatabaseFailure.Setup),
            (new NpgsqlException("no TLS"), DatabaseFailure.Setup),
            (new SocketException(), DatabaseFailure.Connection),
            (new TimeoutException(), DatabaseFailure.Passing),
            (new InvalidOperationException("closed"), DatabaseFailure.Connection),
            (new EncoderFallbackException(), DatabaseFailure.Rows),
        ];
        foreach (var (error, failure) in cases)
            Assert.Equal((error.Message, failure), (error.Message, PostgreSqlErrors.Classify(error)));
    }
}
