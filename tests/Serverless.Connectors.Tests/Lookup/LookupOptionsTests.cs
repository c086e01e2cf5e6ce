using Serverless.Connectors.Lookup;
using Serverless.Connectors.Options;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests.Lookup;

public sealed class LookupOptionsTests
{
    private const string Jdbc = "connector = jdbc\nurl = jdbc:postgresql://h/db\ntable-name = r\nusername = u\npassword = ${PW}\n";
    private const string Hologres = "connector = hologres\nendpoint = h:80\ndbname = d\ntablename = t\nusername = u\npassword = ${PW}\n";

    [Theory]
    [InlineData(Jdbc, null)]
    [InlineData(Jdbc + "lookup.cache = NONE", null)]
    [InlineData(Jdbc + "lookup.cache = PARTIAL", "10000 rows, write -, access -, missing True")]
    [InlineData(Jdbc + "lookup.cache = PARTIAL\nlookup.partial-cache.max-rows = 5\nlookup.partial-cache.expire-after-write = 10 min\nlookup.partial-cache.expire-after-access = 5s\nlookup.partial-cache.cache-missing-key = false", "5 rows, write 00:10:00, access 00:00:05, missing False")]
    [InlineData(Jdbc + "lookup.cache.max-rows = 500\nlookup.cache.ttl = 10 s", "500 rows, write 00:00:10, access -, missing True")]
    [InlineData(Hologres + "cache = None", null)]
    [InlineData(Hologres + "cache = LRU\ncacheSize = 50\ncacheTTLMs = 60000\ncacheEmpty = false", "50 rows, write 00:01:00, access -, missing False")]
    public void Options_of_Flink_of_former_Flink_and_of_Hologres_say_what_is_kept(string options, string? expected)
    {
        Assert.Empty(Tables.Check(options, TableUse.Lookup, out _).All);
        var table = Tables.With(options);
        var cache = LookupOptions.CacheOf(table, new OptionValues(table, new Placeholders(_ => "x")));
        Assert.Equal(expected, cache is null ? null : $"{cache.MaxRows} rows, write {cache.AfterWrite?.ToString() ?? "-"}, access {cache.AfterAccess?.ToString() ?? "-"}, missing {cache.KeepsMissing}");
    }

    [Theory]
    [InlineData(Jdbc + "lookup.cache = FULL", "'lookup.cache' can be 'NONE' or 'PARTIAL': no table is loaded as a whole")]
    [InlineData(Jdbc + "lookup.cache = ON", "'lookup.cache' must be 'NONE' or 'PARTIAL' (of hologres and rds: 'None', 'LRU' or 'ALL')")]
    [InlineData(Jdbc + "lookup.partial-cache.max-rows = 5", "'lookup.partial-cache.max-rows' means nothing without 'lookup.cache' = 'PARTIAL': nothing is kept, and each batch of records asks the database")]
    [InlineData(Jdbc + "lookup.cache.ttl = 5s", "'lookup.cache.ttl' means nothing without 'lookup.cache' = 'PARTIAL': nothing is kept, and each batch of records asks the database")]
    [InlineData(Jdbc + "lookup.max-retries = 3", "'lookup.max-retries' is ignored: a database that is down is tried again until it is back")]
    [InlineData(Hologres + "async = true", "'async' is ignored: the keys of many records are asked for together")]
    [InlineData(Hologres + "insertIfNotExists = true", "'insertIfNotExists' can only be 'false': rows are only looked up, and a key that has none stays without one")]
    [InlineData(Hologres + "cache = ALL", "'cache' = 'ALL': rows are kept as they are asked for, as with 'LRU'; the table is not loaded as a whole")]
    [InlineData(Jdbc + "sink.buffer-flush.max-rows = 5", "'sink.buffer-flush.max-rows' is ignored: only sinks have it")]
    public void What_means_nothing_or_something_else_is_said(string options, string expected) =>
        Assert.Equal(expected, Assert.Single(Tables.Check(options, TableUse.Lookup, out _).All).Message);

    [Fact]
    public void Tables_of_databases_are_looked_up_and_others_are_not()
    {
        var catalog = new ConnectorCatalog();
        Assert.True(catalog.IsLookup(Tables.With(Jdbc)));
        Assert.True(catalog.IsLookup(Tables.With(Hologres)));
        Assert.False(catalog.IsLookup(Tables.With("connector = kafka")));
        Assert.False(catalog.IsLookup(Tables.With("")));
    }
}
