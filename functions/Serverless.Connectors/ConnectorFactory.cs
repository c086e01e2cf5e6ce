using Microsoft.Extensions.Logging;
using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.Hologres;
using Serverless.Connectors.Databases.MySql;
using Serverless.Connectors.Databases.PostgreSql;
using Serverless.Connectors.Databases.Sqlite;
using Serverless.Connectors.Datagen;
using Serverless.Connectors.Elasticsearch;
using Serverless.Connectors.Files;
using Serverless.Connectors.Kafka;
using Serverless.Connectors.Lookup;
using Serverless.Connectors.Nexmark;
using Serverless.Connectors.Options;
using Serverless.Connectors.Registry;
using Serverless.Connectors.Telemetry;
using Serverless.Engine;
using Serverless.Engine.Formats;
using Serverless.Engine.Runtime;
using Serverless.Engine.Sql;

namespace Serverless.Connectors;

/// <summary>
/// Creates the sources and sinks of tables whose options a <see cref="ConnectorCatalog"/> has checked. A further sink is an <see cref="ISink"/>, a case
/// of <see cref="CreateSink"/>, and a <see cref="Connector"/> with its options.
/// </summary>
/// <param name="settings">Gives the value of a <c>${NAME}</c>: an app setting or environment variable; null if there is none.</param>
/// <param name="loggers">Makes the connectors' loggers.</param>
public sealed class ConnectorFactory(Func<string, string?> settings, ILoggerFactory loggers)
{
    /// <summary>What <see cref="TopicPatience"/> is unless it is set. Short, as such a question cannot be stopped.</summary>
    public static readonly TimeSpan DefaultTopicPatience = TimeSpan.FromSeconds(2);

    private const int DefaultEventRate = 10_000;
    private const int DefaultRowRate = 10_000;

    private static readonly DateTime DefaultBaseTime = new(2026, 1, 1);
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(5);

    private readonly Placeholders _placeholders = new(settings);

    /// <summary>The broker that all <c>kafka</c> tables are read from instead of their own; null for their own.</summary>
    public EmbeddedBroker? EmbeddedBroker { get; init; }

    /// <summary>The brokers that all <c>kafka</c> tables are read from instead of their own, without security; null for their own.</summary>
    public string? BootstrapServers { get; init; }

    /// <summary>The file that all database sinks are tables of; null for their own databases.</summary>
    public SqliteFile? EmbeddedSinks { get; init; }

    /// <summary>Whether tables that are not in their databases are made when a sink is opened.</summary>
    public bool CreateTables { get; init; }

    /// <summary>Where <c>print</c> tables print to.</summary>
    public TextWriter Output { get; init; } = TextWriter.Null;

    /// <summary>Where <c>print</c> tables with <c>'standard-error' = 'true'</c> print to.</summary>
    public TextWriter Error { get; init; } = TextWriter.Null;

    /// <summary>How long brokers may take to tell of a topic of dead letters.</summary>
    public TimeSpan TopicPatience { get; init; } = DefaultTopicPatience;

    /// <summary>Makes the source of a table; it connects when opened.</summary>
    /// <param name="table">The table.</param>
    /// <param name="groupId">The consumer group that keeps a topic's offsets.</param>
    /// <param name="positions">Keeps the position in a file; null for nowhere.</param>
    /// <param name="topics">Keeps which topic was read; null for nowhere.</param>
    /// <param name="job">The job that reads it, for logs.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public ISource CreateSource(TableDefinition table, string groupId, IPositionStore? positions, ITopicStore? topics = null, string? job = null) => table.Connector switch
    {
        "kafka" when TopicPattern.IsOf(table) => TopicPatternSourceOf(table, groupId, topics, job),
        "kafka" or "upsert-kafka" => TopicSourceOf(table, groupId, topics, job),
        "datagen" => DatagenSourceOf(table, positions),
        _ when IsDatabase(table) => TargetOf(table, null).CreateSource(positions, LoggerOf<TableSource>(job)),
        "filesystem" => new FileSource(PathOf(table), positions),
        "nexmark" => NexmarkSourceOf(table, positions),
        var name => throw new ConnectorException($"a '{name}' table cannot be read from"),
    };

    /// <summary>Makes the sink of a table; it connects when opened.</summary>
    /// <param name="table">The table.</param>
    /// <param name="timeToLive">The time to live of the job's state, which decides how a version column numbers versions; null for none.</param>
    /// <param name="job">The job that writes it, for logs.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public ISink CreateSink(TableDefinition table, TimeSpan? timeToLive = null, string? job = null) => table.Connector switch
    {
        _ when IsStored(table) && EmbeddedSinks is not null => EmbeddedSinkOf(table, EmbeddedSinks),
        _ when IsDatabase(table) => TargetOf(table, timeToLive).CreateSink(LoggerOf<DatabaseSink>(job), CreateTables),
        "filesystem" => new FileSink(PathOf(table), table, MaxRowsOf(table) ?? FileSink.DefaultMaxRows),
        "print" => new PrintSink(
            Value(table, "standard-error") is { } error && bool.Parse(error) ? Error : Output, table, Value(table, "print-identifier"), MaxRowsOf(table) ?? PrintSink.DefaultMaxRows),
        "blackhole" => new BlackholeSink(),
        _ when IsDocuments(table) => new ElasticsearchSink(DocumentsOf(table, timeToLive), LoggerOf<ElasticsearchSink>(job)),
        "kafka" or "upsert-kafka" => TopicSinkOf(table, job),
        var name => throw new ConnectorException($"a '{name}' table cannot be written to"),
    };

    /// <summary>Makes what reads a sink's table, read only; it connects when asked. Null if the sink keeps nothing that can be read.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public ITableReader? CreateReader(TableDefinition table) =>
        IsStored(table) && EmbeddedSinks is not null ? new SqliteTableReader(EmbeddedSinks.Path, table)
        : IsDatabase(table) ? TargetOf(table, null).CreateReader()
        : null;

    /// <summary>Makes what looks rows up in a table; it connects when opened.</summary>
    /// <param name="lookup">The table, and what is known and wanted of it.</param>
    /// <param name="clock">Tells how old is what was found.</param>
    /// <param name="job">The job that reads it, for logs.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public ITableLookup CreateLookup(DataflowLookup lookup, TimeProvider clock, string? job = null)
    {
        var cache = LookupOptions.CacheOf(lookup.Table, ValuesOf(lookup.Table)) is { } settings ? new LookupCache(settings, clock) : null;
        return TargetOf(lookup.Table, null).CreateLookup(lookup, cache, LoggerOf<DatabaseLookup>(job));
    }

    /// <summary>Connects to the database of a table that rows are looked up in, and compares the table there with the script's.</summary>
    /// <param name="lookup">The table, and what is known and wanted of it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Why it cannot be read as the script's, if it cannot.</returns>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public Task<IReadOnlyList<TableDiagnostic>> InspectLookupAsync(DataflowLookup lookup, CancellationToken cancellationToken) =>
        TargetOf(lookup.Table, null).FindingsOfAsync(lookup, cancellationToken);

    /// <summary>Returns what a job writes. It holds no secret, and a changed password changes nothing in it.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public OutputForm OutputFormOf(Job job)
    {
        if (IsStored(job.Sink) && EmbeddedSinks is not null)
            return OutputForm.Of(job, $"'{job.Sink.Name}' of the embedded sinks", "");
        if (IsDatabase(job.Sink))
        {
            var target = TargetOf(job.Sink, null);
            return OutputForm.Of(job, $"'{target.Table.FullName}' at {target.Address.Place}", target.Table.Writing);
        }
        if (IsTopic(job.Sink))
        {
            // Whose values are written another way are other records.
            var settings = KafkaSettingsOf(job.Sink);
            return OutputForm.Of(job, $"topic '{settings.Topic}' at {settings.BootstrapServers}", $"{TableFormats.Of(job.Sink, IsUpsert(job.Sink))}");
        }

        if (IsDocuments(job.Sink))
            return OutputForm.Of(job, $"index '{Value(job.Sink, ElasticsearchConnector.Index)}' at {DocumentsOf(job.Sink, null).Place}", Value(job.Sink, ElasticsearchConnector.KeyDelimiter) ?? "");

        var place = job.Sink.Connector is "filesystem" ? $"'{PathOf(job.Sink)}'" : $"'{job.Sink.Connector}'";
        return OutputForm.Of(job, place, Value(job.Sink, "print-identifier") ?? "");
    }

    /// <summary>Whether a source is read from its beginning, and not from somewhere that the script names.</summary>
    public bool StartsAtBeginning(TableDefinition table) => !IsTopic(table) || KafkaSettingsOf(table).Startup.Mode == StartupMode.Earliest;

    /// <summary>Returns the SQL that creates a sink's table in its database; null if the sink is not a database. It needs only the settings in the table's name.</summary>
    /// <param name="table">The table.</param>
    /// <param name="flavour">The server that a MySQL table is for.</param>
    /// <param name="isPostgreSql">Whether a <c>hologres</c> table is for a PostgreSQL server in Hologres' place.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public string? CreateTableText(TableDefinition table, MySqlFlavour flavour, bool isPostgreSql = false)
    {
        if (!IsDatabase(table))
            return null;
        var (sink, dialect) = SinkTableOf(table.Declared, ValuesOf(table), flavour, null);
        return (dialect is HologresDialect && isPostgreSql ? new PostgreSqlDialect() : dialect).CreateTable(sink);
    }

    /// <summary>Makes sure that every setting is there that a source needs.</summary>
    /// <exception cref="ConnectorException">Some are missing: all of them are named. Or a value is wrong.</exception>
    public void CheckSourceSettings(TableDefinition table)
    {
        if (IsDatabase(table))
            TargetOf(table, null);
        else if (table.Connector == "datagen")
            DatagenSourceOf(table, null);
        if (!IsTopic(table))
            return;
        KafkaSettingsOf(table);
        SchemasOf(table)?.Dispose();
    }

    /// <summary>Makes sure that every setting is there that a sink's database needs.</summary>
    /// <exception cref="ConnectorException">Some are missing: all of them are named. Or a value is wrong.</exception>
    public void CheckSinkSettings(TableDefinition table)
    {
        if (IsDatabase(table))
            TargetOf(table, null);
        else if (IsDocuments(table))
            DocumentsOf(table, null);
        else if (IsTopic(table))
            TopicSinkOf(table, null);
    }

    /// <summary>Connects to a sink's database and compares the table there with the script's; null if the sink is no database's.</summary>
    /// <param name="table">The table.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>In what it is not as the script needs it; among the errors, that the database cannot be reached.</returns>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public async Task<IReadOnlyList<TableDiagnostic>?> InspectSinkAsync(TableDefinition table, CancellationToken cancellationToken) =>
        IsDatabase(table) ? await TargetOf(table, null).InspectAsync(cancellationToken) : null;

    /// <summary>Connects to a source's brokers and looks for its topic; null if the source is no topic.</summary>
    /// <param name="table">The table.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Why it cannot be read, if it cannot.</returns>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public async Task<IReadOnlyList<TableDiagnostic>?> InspectSourceAsync(TableDefinition table, CancellationToken cancellationToken) =>
        !IsTopic(table) ? null
        : TopicPattern.IsOf(table) ? await MatchesAsync(table, cancellationToken) is { } none ? [new TableDiagnostic(Severity.Error, null, none)] : []
        : await KafkaProbe.ProblemAsync(KafkaSettingsOf(table), GroupIdOf(table), ProbePatience, cancellationToken) is { } problem ? [new TableDiagnostic(Severity.Error, null, problem)]
        : [];

    /// <summary>
    /// Makes the place for the dead letters of a source: of a <c>kafka</c> table its dead-letter topic, unless the topic or the sinks are embedded;
    /// else the table <c>dead_letters</c> of a file. It connects when opened.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="file">The file; the caller's to dispose of.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public IDeadLetters CreateDeadLetters(TableDefinition source, SqliteFile file) =>
        !IsTopic(source) || EmbeddedBroker is not null || EmbeddedSinks is not null ? new SqliteDeadLetters(file) : CreateDeadLetterTopic(source);

    /// <summary>Makes the dead-letter topic of a <c>kafka</c> table. It connects when opened.</summary>
    /// <param name="source">The source.</param>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public IDeadLetters CreateDeadLetterTopic(TableDefinition source)
    {
        var settings = KafkaSettingsOf(source);
        var topic = DeadLetterTopicOf(source);
        if (KafkaConnector.Topic(topic) is { } wrong)
            throw new ConnectorException($"table '{source.Name}': '{DeadLetterTopic.Option}' {wrong}");
        if (topic == settings.Topic)
            throw new ConnectorException($"table '{source.Name}': {DeadLetterTopic.OwnSource}");
        return new KafkaDeadLetters(settings, topic, loggers.CreateLogger<KafkaDeadLetters>()) { TopicPatience = TopicPatience };
    }

    /// <summary>Whether a table is a topic, and <see cref="KafkaSettingsOf"/> tells of it.</summary>
    public static bool IsTopic(TableDefinition table) => ConnectorCatalog.Find(table.Connector) is TopicConnector;

    /// <summary>The topic, brokers and security of a <c>kafka</c> table, as <see cref="CreateSource"/> uses them.</summary>
    public KafkaSettings KafkaSettingsOf(TableDefinition table) =>
        KafkaSettings.From(table, _placeholders, EmbeddedBroker?.BootstrapServers ?? BootstrapServers);

    /// <summary>Returns what the names of a table's consumer groups start with: its <c>properties.group.id</c>, else <c>serverless</c>.</summary>
    public string GroupIdOf(TableDefinition table) => Value(table, "properties.group.id") ?? ConsumerGroup.DefaultId;

    /// <summary>How long a sink may hold rows back to write them together; null if the script does not say.</summary>
    public TimeSpan? FlushIntervalOf(TableDefinition table) => ValuesOf(table).Duration(OptionValues.FlushInterval);

    private ILogger LoggerOf<T>(string? job) => job is null ? loggers.CreateLogger<T>() : loggers.CreateLogger<T>().With(("Job", job));

    private string? Value(TableDefinition table, string name) => table.Options.TryGet(out var option, name) ? _placeholders.Resolve(option) : null;

    private string PathOf(TableDefinition table) => FilePath.TryParse(Value(table, "path") ?? "", out var path)
        ? path
        : throw new ConnectorException($"table '{table.Name}': 'path' must be the path of a file on this machine");

    private NexmarkSource NexmarkSourceOf(TableDefinition table, IPositionStore? positions)
    {
        var options = ValuesOf(table);
        var rate = (int)(options.Number(NexmarkConnector.EventRate) ?? DefaultEventRate);
        var start = options[NexmarkConnector.BaseTime] is { } time ? NexmarkConnector.TimeOf(time)!.Value : DefaultBaseTime;
        return new NexmarkSource(new NexmarkGenerator(1, rate, start), options.Number(NexmarkConnector.Events), rate, positions, TimeProvider.System);
    }

    private DatagenSource DatagenSourceOf(TableDefinition table, IPositionStore? positions)
    {
        var (fields, count) = DatagenConnector.FieldsOf(table, name => Value(table, name));
        return new DatagenSource(table.Name, fields, count, (int)(ValuesOf(table).Number(DatagenConnector.Rate) ?? DefaultRowRate), positions, TimeProvider.System);
    }

    /// <summary>Whether a table reads a topic.</summary>
    /// <exception cref="ConnectorException">A setting is missing, or a value is wrong.</exception>
    public bool Reads(TableDefinition table, string topic) =>
        IsTopic(table) && (TopicPattern.IsOf(table) ? IsFound(table)(topic) : KafkaSettingsOf(table).Topic == topic);

    // A job does not read its own dead letters.
    private Func<string, bool> IsFound(TableDefinition table)
    {
        var (pattern, letters) = (PatternOf(table), DeadLetterTopicOf(table));
        return topic => topic != letters && pattern.Matches(topic);
    }

    private string DeadLetterTopicOf(TableDefinition table) =>
        Value(table, DeadLetterTopic.Option) ?? DeadLetterTopic.Default(TopicPattern.IsOf(table) ? table.Name : KafkaSettingsOf(table).Topic);

    private TopicPattern PatternOf(TableDefinition table)
    {
        var pattern = Value(table, TopicPattern.Option)!;
        return TopicPattern.Check(pattern) is { } wrong ? throw new ConnectorException($"table '{table.Name}': '{TopicPattern.Option}' {wrong}") : new TopicPattern(pattern);
    }

    private async Task<string?> MatchesAsync(TableDefinition table, CancellationToken cancellationToken)
    {
        using var directory = new KafkaTopicDirectory(KafkaSettingsOf(table));
        try
        {
            return (await directory.TopicsAsync(cancellationToken)).Any(IsFound(table)) ? null : $"no topic matches '{TopicPattern.Option}' = '{PatternOf(table).Text}'";
        }
        catch (Exception e) when (e is SourceUnavailableException or ConnectorException)
        {
            return e.Message;
        }
    }

    private TopicPatternSource TopicPatternSourceOf(TableDefinition table, string groupId, ITopicStore? topics, string? job)
    {
        var store = EmbeddedBroker is null ? topics : null;
        return new TopicPatternSource(
            PatternOf(table), new KafkaTopicDirectory(KafkaSettingsOf(table)), IsFound(table), (topic, isLater) => TopicSourceOf(Named(topic, isLater), groupId, store?.Of(topic), job),
            ValuesOf(table).Duration(TopicPattern.Interval) ?? TopicPatternSource.DefaultInterval, store, TimeProvider.System, LoggerOf<TopicPatternSource>(job));

        // What comes while the job runs, or is stopped, is read from its beginning.
        TableDefinition Named(string topic, bool isLater) => table with
        {
            Options = new TableOptions(
            [
                .. table.Options.All.Where(o => !isLater || !o.Name.StartsWith("scan.startup.", StringComparison.OrdinalIgnoreCase))
                    .Select(o => o.Name.Equals(TopicPattern.Option, StringComparison.OrdinalIgnoreCase) ? o with { Name = "topic", Value = topic } : o),
            ]),
        };
    }

    private ISource TopicSourceOf(TableDefinition table, string groupId, ITopicStore? topics, string? job)
    {
        var source = new KafkaSource(KafkaSettingsOf(table), groupId, LoggerOf<KafkaSource>(job), topics, EmbeddedBroker) { ReadsKeys = HasKeys(table) };
        return SchemasOf(table) is { } schemas ? new RegistrySource(source, schemas, LoggerOf<RegistrySource>(job)) : source;
    }

    /// <summary>Returns what gives a topic's records the schemas that they were written with; null if a registry has none of them.</summary>
    /// <exception cref="ConnectorException">The table's options cannot be used.</exception>
    public RecordSchemas? SchemasOf(TableDefinition table)
    {
        var (key, value) = (RegistryOf(table, true), RegistryOf(table, false));
        return key is null && value is null ? null : new RecordSchemas(key, value);
    }

    private KafkaSink TopicSinkOf(TableDefinition table, string? job)
    {
        var settings = KafkaSettingsOf(table);
        var isUpsert = IsUpsert(table);
        var encoders = RowEncoder.Of(table, isUpsert);
        return new KafkaSink(
            settings, encoders, isUpsert, MaxRowsOf(table) ?? KafkaSink.DefaultMaxRows, (Registered(true, encoders.Key?.Schema), Registered(false, encoders.Value.Schema)), LoggerOf<KafkaSink>(job));

        RegisteredSchema? Registered(bool isKey, AvroSchema? schema) => schema is null || RegistryOf(table, isKey) is not { } registry ? null
            : new RegisteredSchema(registry, RegistryOptions.Option(table, isKey, "subject", "schema-registry.subject") is { } subject ? _placeholders.Resolve(subject) : $"{settings.Topic}-{(isKey ? "key" : "value")}", schema);
    }

    private SchemaRegistryClient? RegistryOf(TableDefinition table, bool isKey)
    {
        if ((isKey ? TableFormats.KeyNameOf(table) : TableFormats.NameOf(table)) != "avro-confluent" || (isKey && !HasKeys(table)))
            return null;
        string? Of(params string[] names) => RegistryOptions.Option(table, isKey, names) is { } option ? _placeholders.Resolve(option) : null;
        return new SchemaRegistryClient(
            Of("url", "schema-registry.url") ?? throw new ConnectorException($"table '{table.Name}' needs the option 'avro-confluent.url'"),
            Of("basic-auth.user-info"),
            Of("bearer-auth.token"));
    }

    private static bool IsUpsert(TableDefinition table) => ConnectorCatalog.Find(table.Connector) is { IsUpsert: true };

    private static bool HasKeys(TableDefinition table) => TableFormats.Of(table, IsUpsert(table)) is KeyedFormat;

    // What decides the rows is honoured here as in the database.
    private SqliteSink EmbeddedSinkOf(TableDefinition table, SqliteFile file)
    {
        var options = ValuesOf(table);
        return new SqliteSink(file, table, MaxRowsOf(table) ?? SqliteSink.DefaultMaxRows) { Deletes = DeleteOptions.Of(options), IgnoresNull = options.IsOn(JdbcConnector.IgnoresNull) };
    }

    private int? MaxRowsOf(TableDefinition table) => (int?)ValuesOf(table).Number(OptionValues.MaxRows);

    private OptionValues ValuesOf(TableDefinition table) => new(table, _placeholders);

    private DatabaseTarget TargetOf(TableDefinition table, TimeSpan? timeToLive)
    {
        var options = ValuesOf(table).Checked();
        var (sink, dialect) = SinkTableOf(table, options, MySqlFlavour.MySql80, timeToLive);
        var address = table.Connector == "hologres" ? HologresSettings.AddressOf(options) : JdbcSettings.AddressOf(table, options).Address;
        return new DatabaseTarget(sink, address, dialect, () => dialect is MySqlDialect ? new MySqlDatabase(sink, address) : new PostgreSqlDatabase(sink, address));
    }

    private static (SinkTable Table, Dialect Dialect) SinkTableOf(TableDefinition table, OptionValues options, MySqlFlavour flavour, TimeSpan? timeToLive)
    {
        if (table.Connector == "hologres")
            return (HologresSettings.TableOf(table, options, timeToLive), new HologresDialect());
        var (kind, sink) = JdbcSettings.TableOf(table, options, timeToLive);
        return (sink, kind == DatabaseKind.MySql ? new MySqlDialect(flavour) : new PostgreSqlDialect());
    }

    private ElasticsearchSettings DocumentsOf(TableDefinition table, TimeSpan? timeToLive) => ElasticsearchSettings.Of(table, ValuesOf(table).Checked(), timeToLive);

    private static bool IsDocuments(TableDefinition table) => ConnectorCatalog.Find(table.Connector) is ElasticsearchConnector;

    // What --embedded-sinks keeps in its file instead.
    private static bool IsStored(TableDefinition table) => IsDatabase(table) || IsDocuments(table);

    private static bool IsDatabase(TableDefinition table) => table.Connector is "hologres" or "rds" or "mysql" or "jdbc";
}
