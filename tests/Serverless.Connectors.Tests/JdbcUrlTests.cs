using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests;

public class JdbcUrlTests
{
    private const string VerifiesNothing = " encrypts and verifies nothing: whoever stands in between may present any certificate; write ";
    private const string MySqlVerifiesNothing = VerifiesNothing + "sslMode=VERIFY_IDENTITY, and serverSslCert=FILE with the authority's certificate (PEM) unless the system trusts it";
    private const string PostgreSqlVerifiesNothing = VerifiesNothing + "sslmode=verify-full, and sslrootcert=FILE with the authority's certificate (PEM) unless the system trusts it";

    [Theory]
    [InlineData("jdbc:mysql://h/db", "MySql h 3306 db")]
    [InlineData("JDBC:MySQL://rm-bp1.mysql.rds.aliyuncs.com:3307/shop", "MySql rm-bp1.mysql.rds.aliyuncs.com 3307 shop")]
    [InlineData("jdbc:mysql://[::1]:3306/db", "MySql ::1 3306 db")]
    [InlineData("jdbc:mysql://[fe80::1%25eth0]/db", "MySql fe80::1%25eth0 3306 db")]
    [InlineData("jdbc:mysql://h/my%20db%3F", "MySql h 3306 my db?")]
    [InlineData("jdbc:mysql://h/db?", "MySql h 3306 db")]
    [InlineData("jdbc:postgresql://h/db", "PostgreSql h 5432 db")]
    [InlineData("jdbc:postgresql://10.0.0.1:80/db?currentSchema=shop,public", "PostgreSql 10.0.0.1 80 db schema shop")]
    [InlineData("jdbc:mysql://${RDS_ENDPOINT}/${RDS_DATABASE}", "MySql ${RDS_ENDPOINT} 3306 ${RDS_DATABASE}")]
    [InlineData("jdbc:mysql://${H:x-y.z}:${PORT}/a${D}?useSSL=true", "MySql ${H:x-y.z} 3306 a${D} Required")]
    [InlineData("jdbc:mysql://h/db?sslMode=VERIFY_IDENTITY&serverSslCert=/etc/ca.pem", "MySql h 3306 db VerifyFull ca /etc/ca.pem")]
    [InlineData("jdbc:mysql://h/db?serverSslCert=file:///etc/my%20ca.pem", "MySql h 3306 db VerifyFull ca /etc/my ca.pem")]
    [InlineData("jdbc:mysql://h/db?sslMode=VERIFY_CA", "MySql h 3306 db VerifyCa")]
    [InlineData("jdbc:mysql://localhost/db?sslMode=trust", "MySql localhost 3306 db Required")]
    [InlineData("jdbc:mysql://h/db?useSSL=true&requireSSL=true&verifyServerCertificate=true", "MySql h 3306 db VerifyCa")]
    [InlineData("jdbc:mysql://h/db?requireSSL=true", "MySql h 3306 db Required")]
    [InlineData("jdbc:mysql://localhost/db?trustServerCertificate=true&serverSslCert=x", "MySql localhost 3306 db Required ca x")]
    [InlineData("jdbc:mysql://localhost/db?useSSL=false&allowPublicKeyRetrieval=true", "MySql localhost 3306 db None key")]
    [InlineData("jdbc:mysql://127.0.0.1/db?USESSL=False", "MySql 127.0.0.1 3306 db None")]
    [InlineData("jdbc:mysql://h/db?connectTimeout=5000&socketTimeout=2500", "MySql h 3306 db connect 5 socket 2.5")]
    [InlineData("jdbc:mysql://h/db?connectTimeout=0&socketTimeout=0", "MySql h 3306 db")]
    [InlineData("jdbc:postgresql://h/db?connectTimeout=5&socketTimeout=20&sslmode=verify-ca&sslrootcert=ca.pem", "PostgreSql h 5432 db VerifyCa ca ca.pem connect 5 socket 20")]
    [InlineData("jdbc:postgresql://h/db?ssl=true", "PostgreSql h 5432 db VerifyFull")]
    [InlineData("jdbc:postgresql://h/db?ssl", "PostgreSql h 5432 db VerifyFull")]
    [InlineData("jdbc:postgresql://localhost/db?sslmode=require", "PostgreSql localhost 5432 db Required")]
    [InlineData("jdbc:postgresql://[::1]/db?sslmode=disable", "PostgreSql ::1 5432 db None")]
    public void A_URL_says_where_the_database_is_and_how_to_reach_it(string text, string expected)
    {
        List<UrlDiagnostic> remarks = [];

        var url = JdbcUrl.Parse(text, remarks, DatabaseKind.MySql, DatabaseKind.PostgreSql);

        Assert.Empty(remarks);
        Assert.Equal(expected, Describe(url!));
    }

    [Theory]
    [InlineData("jdbc:mysql://h", "names no database: write 'jdbc:mysql://host:port/database'")]
    [InlineData("jdbc:mysql://h:3306/", "names no database: write 'jdbc:mysql://host:port/database'")]
    [InlineData("jdbc:postgresql://h?ssl=true", "names no database: write 'jdbc:postgresql://host:port/database'")]
    [InlineData("jdbc:mysql://h/a/b", "must end with one database")]
    [InlineData("jdbc:mysql:///db", "names no host")]
    [InlineData("jdbc:mysql://:3306/db", "names no host")]
    [InlineData("jdbc:mysql://h:0/db", "has a port that must be a port number")]
    [InlineData("jdbc:mysql://h:/db", "has a port that must be a port number")]
    [InlineData("jdbc:mysql://h:33o6/db", "has a port that must be a port number")]
    [InlineData("jdbc:mysql://::1/db", "must have an IPv6 address in brackets, as in '[::1]:3306'")]
    [InlineData("jdbc:mysql://[::1/db", "must have an IPv6 address in brackets, as in '[::1]:3306'")]
    [InlineData("jdbc:mysql://a:3306,b:3306/db", "must name one host, such as the cluster's own address, which leads to the server that takes writes")]
    [InlineData("jdbc:mysql://address=(host=a)(port=1)/db", "must name one host, such as the cluster's own address, which leads to the server that takes writes")]
    [InlineData("jdbc:mysql://root:hunter2@h/db", "cannot hold a user or a password: write them as 'username' and 'password'")]
    [InlineData("jdbc:mysql://h/db?user=root&password=hunter2", "parameter 'user' cannot be used: write the table's options 'username' and 'password'", "parameter 'password' cannot be used: write the table's options 'username' and 'password'")]
    [InlineData("jdbc:mysql://h/db?useSSL=yes", "parameter 'useSSL' must be 'true' or 'false'")]
    [InlineData("jdbc:mysql://h/db?connectTimeout=5s", "parameter 'connectTimeout' must be a number of milliseconds")]
    [InlineData("jdbc:mysql://h/db?trustCertificateKeyStoreUrl=file:a.jks", "parameter 'trustCertificateKeyStoreUrl' cannot be used: name a file of PEM certificates with 'serverSslCert'")]
    [InlineData("jdbc:postgresql://h/db?sslmode=REQUIRED", "parameter 'sslmode' must be 'disable', 'allow', 'prefer', 'require', 'verify-ca' or 'verify-full'")]
    [InlineData("jdbc:postgresql://h/db?options=-c%20search_path=a", "parameter 'options' cannot be used: write 'currentSchema' for a schema, and leave other settings to the program")]
    [InlineData("jdbc:postgresql:db", "must be 'jdbc:mysql://host:port/database' or 'jdbc:postgresql://host:port/database'")]
    [InlineData("jdbc:mysql:loadbalance://h/db", "must be 'jdbc:mysql://host:port/database' or 'jdbc:postgresql://host:port/database'")]
    [InlineData("mysql://h/db", "must be 'jdbc:mysql://host:port/database' or 'jdbc:postgresql://host:port/database'")]
    [InlineData("", "must be 'jdbc:mysql://host:port/database' or 'jdbc:postgresql://host:port/database'")]
    public void A_wrong_URL_is_an_error_that_says_what_to_write_and_repeats_no_password(string text, params string[] errors)
    {
        List<UrlDiagnostic> remarks = [];

        Assert.Null(JdbcUrl.Parse(text, remarks, DatabaseKind.MySql, DatabaseKind.PostgreSql));

        Assert.Equal(errors.Select(e => (Severity.Error, e)), remarks.Select(r => (r.Severity, r.Message)));
    }

    [Theory]
    [InlineData("jdbc:mysql://h/db?useUnicode=true", Severity.Notice, "parameter 'useUnicode' is ignored: text is always UTF-8, with every character")]
    [InlineData("jdbc:mysql://h/db?serverTimezone=Asia/Shanghai", Severity.Notice, "parameter 'serverTimezone' is ignored: the session's time zone is always UTC: a TIMESTAMP is written as it is, a TIMESTAMP_LTZ in UTC")]
    [InlineData("jdbc:mysql://h/db?rewriteBatchedStatements=true", Severity.Notice, "parameter 'rewriteBatchedStatements' is ignored: rows are written many a statement, over one connection of the program's own")]
    [InlineData("jdbc:mysql://h/db?zeroDateTimeBehavior=convertToNull", Severity.Notice, "parameter 'zeroDateTimeBehavior' is ignored: only reading has it")]
    [InlineData("jdbc:mysql://h/db?useSSl2=true", Severity.Warning, "parameter 'useSSl2' is unknown, and ignored; did you mean 'useSSL'?")]
    [InlineData("jdbc:mysql://h/db?foo", Severity.Warning, "parameter 'foo' is unknown, and ignored")]
    [InlineData("jdbc:mysql://h/db?useSSL=false", Severity.Notice, "sends rows, and what proves the password, in the clear")]
    [InlineData("jdbc:mysql://${H}/db?useSSL=false", Severity.Notice, "sends rows, and what proves the password, in the clear")]
    [InlineData("jdbc:mysql://h/db?sslMode=PREFERRED", Severity.Notice, "sends rows, and what proves the password, in the clear where the server has no TLS")]
    [InlineData("jdbc:mysql://h/db?useSSL=true&verifyServerCertificate=false", Severity.Warning, "verifyServerCertificate=false" + MySqlVerifiesNothing)]
    [InlineData("jdbc:mysql://h/db?trustServerCertificate=true", Severity.Warning, "trustServerCertificate=true" + MySqlVerifiesNothing)]
    [InlineData("jdbc:mysql://h/db?sslMode=trust", Severity.Warning, "sslMode=trust" + MySqlVerifiesNothing)]
    [InlineData("jdbc:mysql://h/db?sslMode=REQUIRED", Severity.Notice, "sslMode=REQUIRED" + MySqlVerifiesNothing)]
    [InlineData("jdbc:postgresql://h/db?sslmode=require", Severity.Notice, "sslmode=require" + PostgreSqlVerifiesNothing)]
    [InlineData("jdbc:postgresql://h/db?reWriteBatchedInserts=true", Severity.Notice, "parameter 'reWriteBatchedInserts' is ignored: rows are written many a statement, over one connection of the program's own")]
    [InlineData("jdbc:postgresql://h/db?currentShema=a", Severity.Warning, "parameter 'currentShema' is unknown, and ignored; did you mean 'currentSchema'?")]
    public void What_a_URL_says_in_vain_is_told(string text, Severity severity, string message)
    {
        List<UrlDiagnostic> remarks = [];

        Assert.NotNull(JdbcUrl.Parse(text, remarks, DatabaseKind.MySql, DatabaseKind.PostgreSql));

        Assert.Equal([(severity, message)], remarks.Select(r => (r.Severity, r.Message)));
    }

    [Theory]
    [InlineData("${URL}")]
    [InlineData("jdbc:${KIND}://h/db")]
    [InlineData("jdbc:mysql://${HOST_AND_ALL}")]
    [InlineData("${URL}?useSSL=maybe")]
    public void Of_what_a_placeholder_hides_nothing_is_said(string text)
    {
        List<UrlDiagnostic> remarks = [];

        Assert.Null(JdbcUrl.Parse(text, remarks, DatabaseKind.MySql));

        Assert.Empty(remarks);
    }

    [Fact]
    public void A_remark_is_about_its_own_place()
    {
        const string url = "jdbc:mysql://${H}/db?useSSL=true&${MORE}&useUnicode=true&x=1";
        List<UrlDiagnostic> remarks = [];

        JdbcUrl.Parse(url, remarks, DatabaseKind.MySql);

        Assert.Equal(["useUnicode=true", "x=1"], remarks.Select(r => url.Substring(r.Start, r.Length)));
    }

    [Theory]
    [InlineData("h", null, TlsMode.Required)]
    [InlineData("127.0.0.1", null, TlsMode.Preferred)]
    [InlineData("::1", null, TlsMode.Preferred)]
    [InlineData("LocalHost", null, TlsMode.Preferred)]
    [InlineData("h", TlsMode.None, TlsMode.None)]
    [InlineData("localhost", TlsMode.VerifyFull, TlsMode.VerifyFull)]
    internal void A_connection_to_another_machine_is_encrypted_unless_the_URL_says_otherwise(string host, TlsMode? said, TlsMode expected)
    {
        var address = new JdbcUrl(DatabaseKind.MySql, host, 1, "d") { Tls = said }.ToAddress("u", "p");

        Assert.Equal(expected, address.Tls);
    }

    [Fact]
    public void A_socket_timeout_makes_a_statement_shorter_and_never_longer()
    {
        var url = new JdbcUrl(DatabaseKind.MySql, "h", 1, "d");
        TimeSpan Limit(int? seconds) => (url with { SocketTimeout = seconds is { } s ? TimeSpan.FromSeconds(s) : null }).ToAddress("u", "p").StatementTimeout;

        Assert.Equal([30.0, 5, 30], [Limit(null).TotalSeconds, Limit(5).TotalSeconds, Limit(600).TotalSeconds]);
    }

    private static string Describe(JdbcUrl url) => string.Join(' ', new[]
    {
        $"{url.Kind} {url.Host} {url.Port} {url.Database}", $"{url.Tls}", url.RootCertificate is null ? "" : $"ca {url.RootCertificate}", url.AllowsPublicKeyRetrieval ? "key" : "",
        url.Schema is null ? "" : $"schema {url.Schema}", Of("connect", url.ConnectTimeout), Of("socket", url.SocketTimeout),
    }.Where(p => p.Length > 0));

    private static string Of(string what, TimeSpan? time) => time is { } t ? FormattableString.Invariant($"{what} {t.TotalSeconds}") : "";
}
