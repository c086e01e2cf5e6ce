using System.Globalization;
using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Common;

/// <summary>The parameters that a JDBC driver knows: those that are honoured, those that have no meaning here, and those that ask for something unsupported.</summary>
internal static class JdbcUrlParameters
{
    private const string NoDriver = "rows are written many a statement, over one connection of the program's own";
    private const string Reconnects = "a connection that is lost is made again, and its rows are written again";
    private const string Utf8 = "text is always UTF-8, with every character";
    private const string Utc = "the session's time zone is always UTC: a TIMESTAMP is written as it is, a TIMESTAMP_LTZ in UTC";
    private const string Reading = "only reading has it";
    private const string Credentials = "write the table's options 'username' and 'password'";
    private const string ClientCertificates = "sign in with 'username' and 'password'";

    private static readonly Driver MySql = new(
        Verified: "sslMode=VERIFY_IDENTITY, and serverSslCert=FILE with the authority's certificate (PEM) unless the system trusts it",
        Used: new(StringComparer.OrdinalIgnoreCase)
        {
            // Connector/J's modes and MariaDB's.
            ["sslMode"] = OptionChecks.OneOf("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY", "disable", "trust", "verify-ca", "verify-full"),
            ["useSSL"] = OptionChecks.Boolean,
            ["requireSSL"] = OptionChecks.Boolean,
            ["verifyServerCertificate"] = OptionChecks.Boolean,
            ["trustServerCertificate"] = OptionChecks.Boolean,
            ["serverSslCert"] = OptionChecks.NotEmpty,
            ["allowPublicKeyRetrieval"] = OptionChecks.Boolean,
            ["connectTimeout"] = Milliseconds,
            ["socketTimeout"] = Milliseconds,
        },
        Ignored: Table(
            (Utf8, "useUnicode characterEncoding characterSetResults connectionCollation passwordCharacterEncoding"),
            (Utc, "serverTimezone connectionTimeZone forceConnectionTimeZoneToSession useTimezone useLegacyDatetimeCode useJDBCCompliantTimezoneShift "
                + "useGmtMillisForDatetimes preserveInstants noTimezoneConversionForTimeType noTimezoneConversionForDateType cacheDefaultTimeZone"),
            (Reconnects, "autoReconnect autoReconnectForPools failOverReadOnly maxReconnects initialTimeout secondsBeforeRetryMaster queriesBeforeRetryMaster "
                + "secondsBeforeRetrySource queriesBeforeRetrySource retriesAllDown tcpKeepAlive tcpNoDelay"),
            (NoDriver, "rewriteBatchedStatements useBulkStmts useBatchMultiSend continueBatchOnError allowMultiQueries useServerPrepStmts cachePrepStmts prepStmtCacheSize "
                + "prepStmtCacheSqlLimit useCompression useLocalSessionState useLocalTransactionState elideSetAutoCommits cacheServerConfiguration cacheResultSetMetadata "
                + "cacheCallableStmts maintainTimeStats enableQueryTimeouts useAffectedRows useConfigs allowLoadLocalInfile maxAllowedPacket pool maxPoolSize minPoolSize "
                + "driver autoClosePStmtStreams dontTrackOpenResources holdResultsOpenOverStatementClose useSSLForLoadBalance"),
            (Reading, "zeroDateTimeBehavior tinyInt1isBit transformedBitIsBoolean yearIsDateType noDatetimeStringSync useInformationSchema nullCatalogMeansCurrent "
                + "nullDatabaseMeansCurrent nullNamePatternMatchesAll useOldAliasMetadataBehavior useCursorFetch defaultFetchSize netTimeoutForStreamingResults "
                + "databaseTerm treatUtilDateAsTimestamp sendFractionalSeconds remarks functionsNeverReturnBlobs blobSendChunkSize"),
            ("a value that does not fit is always refused", "jdbcCompliantTruncation"),
            ("a session has the program's own settings", "sessionVariables"),
            ("the newest version that both sides have is used", "enabledTLSProtocols enabledSslProtocolSuites tlsVersions tlsCiphersuites enabledSslCipherSuites"),
            ("errors are told as they are", "paranoid dumpQueriesOnException logger profileSQL logSlowQueries slowQueryThresholdMillis explainSlowQueries "
                + "useUsageAdvisor gatherPerfMetrics autoGenerateTestcaseScript includeInnodbStatusInDeadlockExceptions"),
            ("it names this program to the server", "connectionAttributes")),
        Refused: Table(
            (Credentials, "user password"),
            ("name a file of PEM certificates with 'serverSslCert'", "trustCertificateKeyStoreUrl trustCertificateKeyStoreType trustCertificateKeyStorePassword trustStore trustStorePassword"),
            (ClientCertificates, "clientCertificateKeyStoreUrl clientCertificateKeyStoreType clientCertificateKeyStorePassword keyStore keyStorePassword keyPassword"),
            ("name a host and a port", "socketFactory localSocket pipe")));

    private static readonly Driver PostgreSql = new(
        Verified: "sslmode=verify-full, and sslrootcert=FILE with the authority's certificate (PEM) unless the system trusts it",
        Used: new(StringComparer.OrdinalIgnoreCase)
        {
            ["sslmode"] = OptionChecks.OneOf("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
            ["ssl"] = value => value.Length == 0 ? null : OptionChecks.Boolean(value),
            ["sslrootcert"] = OptionChecks.NotEmpty,
            ["currentSchema"] = OptionChecks.NotEmpty,
            ["connectTimeout"] = Seconds,
            ["loginTimeout"] = Seconds,
            ["socketTimeout"] = Seconds,
        },
        Ignored: Table(
            (NoDriver, "reWriteBatchedInserts prepareThreshold preparedStatementCacheQueries preparedStatementCacheSizeMiB preferQueryMode autosave cleanupSavepoints "
                + "binaryTransfer binaryTransferEnable binaryTransferDisable defaultRowFetchSize adaptiveFetch adaptiveFetchMinimum adaptiveFetchMaximum stringtype "
                + "disableColumnSanitiser allowEncodingChanges assumeMinServerVersion maxSendBufferSize sendBufferSize receiveBufferSize maxResultBuffer "
                + "cancelSignalTimeout tcpNoDelay quoteReturningIdentifiers escapeSyntaxCallMode"),
            (Reconnects, "tcpKeepAlive hostRecheckSeconds loadBalanceHosts targetServerType"),
            (Reading, "databaseMetadataCacheFields databaseMetadataCacheFieldsMiB hideUnprivilegedObjects readOnly readOnlyMode unknownLength replication"),
            ("it names this program to the server", "ApplicationName"),
            ("errors are told as they are", "logUnclosedConnections loggerLevel loggerFile logServerErrorDetail"),
            ("GSS is not used", "gssEncMode gsslib sspiServiceClass useSpnego kerberosServerName jaasApplicationName jaasLogin")),
        Refused: Table(
            (Credentials, "user password"),
            ("write 'currentSchema' for a schema, and leave other settings to the program", "options"),
            (ClientCertificates, "sslcert sslkey sslpassword sslpasswordcallback"),
            ("leave it out: the certificate is looked at as 'sslmode' says", "sslfactory sslfactoryarg sslhostnameverifier"),
            ("name a host and a port", "socketFactory socketFactoryArg")));

    /// <summary>Adds to a URL what its parameters say.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="remark">Told of those that are not honoured, or whose values are wrong.</param>
    public static JdbcUrl Apply(JdbcUrl url, IEnumerable<JdbcParameter> parameters, Action<Severity, JdbcParameter, string> remark)
    {
        var known = url.Kind == DatabaseKind.MySql ? MySql : PostgreSql;
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var parameter in parameters)
        {
            if (known.Used.TryGetValue(parameter.Name, out var check))
            {
                if (check(parameter.Value) is { } wrong)
                {
                    remark(Severity.Error, parameter, $"parameter '{parameter.Name}' {wrong}");
                    continue;
                }
                values[parameter.Name] = parameter.Value;
                if (!DatabaseAddress.IsLoopback(url.Host) && SeverityOfTrust(parameter) is { } severity)
                    remark(severity, parameter, $"{parameter.Name}={parameter.Value} encrypts and verifies nothing: whoever stands in between may present any certificate; write {known.Verified}");
            }
            else if (known.Refused.TryGetValue(parameter.Name, out var instead))
            {
                remark(Severity.Error, parameter, $"parameter '{parameter.Name}' cannot be used: {instead}");
            }
            else if (known.Ignored.TryGetValue(parameter.Name, out var why))
            {
                remark(Severity.Notice, parameter, $"parameter '{parameter.Name}' is ignored: {why}");
            }
            else
            {
                var nearest = Spelling.Nearest(parameter.Name, known.Used.Keys.Concat(known.Ignored.Keys).Concat(known.Refused.Keys));
                remark(Severity.Warning, parameter, $"parameter '{parameter.Name}' is unknown, and ignored" + (nearest is null ? "" : $"; did you mean '{nearest}'?"));
            }
        }
        return url.Kind == DatabaseKind.MySql ? ApplyMySql(url, values) : ApplyPostgreSql(url, values);
    }

    // What says that any certificate will do; a warning where that is all it can mean.
    private static Severity? SeverityOfTrust(JdbcParameter parameter) => $"{parameter.Name}={parameter.Value}".ToUpperInvariant() switch
    {
        "VERIFYSERVERCERTIFICATE=FALSE" or "TRUSTSERVERCERTIFICATE=TRUE" or "SSLMODE=TRUST" => Severity.Warning,
        "SSLMODE=REQUIRED" or "SSLMODE=REQUIRE" => Severity.Notice,
        _ => null,
    };

    private static JdbcUrl ApplyMySql(JdbcUrl url, Dictionary<string, string> values) => url with
    {
        Tls = values.GetValueOrDefault("sslMode")?.ToUpperInvariant() switch
        {
            "DISABLED" or "DISABLE" => TlsMode.None,
            "PREFERRED" => TlsMode.Preferred,
            "REQUIRED" or "TRUST" => TlsMode.Required,
            "VERIFY_CA" or "VERIFY-CA" => TlsMode.VerifyCa,
            "VERIFY_IDENTITY" or "VERIFY-FULL" => TlsMode.VerifyFull,
            // The older words for it.
            _ when Is(values, "useSSL", false) => TlsMode.None,
            _ when Is(values, "verifyServerCertificate", true) => TlsMode.VerifyCa,
            _ when Is(values, "trustServerCertificate", true) => TlsMode.Required,
            // Who names an authority wants it asked.
            _ when values.ContainsKey("serverSslCert") => TlsMode.VerifyFull,
            _ when Is(values, "useSSL", true) || Is(values, "requireSSL", true) => TlsMode.Required,
            _ => null,
        },
        RootCertificate = PathOf(values.GetValueOrDefault("serverSslCert")),
        AllowsPublicKeyRetrieval = Is(values, "allowPublicKeyRetrieval", true),
        ConnectTimeout = Time(values, "connectTimeout", 1),
        SocketTimeout = Time(values, "socketTimeout", 1),
    };

    private static JdbcUrl ApplyPostgreSql(JdbcUrl url, Dictionary<string, string> values) => url with
    {
        Tls = values.GetValueOrDefault("sslmode")?.ToUpperInvariant() switch
        {
            "DISABLE" => TlsMode.None,
            "ALLOW" or "PREFER" => TlsMode.Preferred,
            "REQUIRE" => TlsMode.Required,
            "VERIFY-CA" => TlsMode.VerifyCa,
            "VERIFY-FULL" => TlsMode.VerifyFull,
            _ when Is(values, "ssl", false) => null,
            // As its driver has it.
            _ when values.ContainsKey("ssl") || values.ContainsKey("sslrootcert") => TlsMode.VerifyFull,
            _ => null,
        },
        RootCertificate = PathOf(values.GetValueOrDefault("sslrootcert")),
        // The first of a search path is where tables are made.
        Schema = values.GetValueOrDefault("currentSchema")?.Split(',')[0].Trim().Trim('"'),
        ConnectTimeout = Time(values, "connectTimeout", 1000) ?? Time(values, "loginTimeout", 1000),
        SocketTimeout = Time(values, "socketTimeout", 1000),
    };

    private static bool Is(Dictionary<string, string> values, string name, bool value) => values.TryGetValue(name, out var text) && bool.TryParse(text, out var said) && said == value;

    // 0 is for ever, which is not to be had.
    private static TimeSpan? Time(Dictionary<string, string> values, string name, int milliseconds) =>
        values.TryGetValue(name, out var text) && int.Parse(text, CultureInfo.InvariantCulture) is var time and > 0 ? TimeSpan.FromMilliseconds((long)time * milliseconds) : null;

    private static string? PathOf(string? path) => path?.StartsWith("file:", StringComparison.OrdinalIgnoreCase) == true && Uri.TryCreate(path, UriKind.Absolute, out var uri) ? uri.LocalPath : path;

    private static string? Milliseconds(string value) => IsCount(value) ? null : "must be a number of milliseconds";

    private static string? Seconds(string value) => IsCount(value) ? null : "must be a number of seconds";

    private static bool IsCount(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private sealed record Driver(string Verified, Dictionary<string, Func<string, string?>> Used, Dictionary<string, string> Ignored, Dictionary<string, string> Refused);

    private static Dictionary<string, string> Table(params (string Text, string Names)[] rows) => rows
        .SelectMany(r => r.Names.Split(' ').Select(n => (Name: n, r.Text)))
        .ToDictionary(r => r.Name, r => r.Text, StringComparer.OrdinalIgnoreCase);
}
