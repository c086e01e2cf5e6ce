using Serverless.Connectors.Databases.Common;
using Serverless.Connectors.Databases.MySql;
using Serverless.Engine.Sql;

namespace Serverless.Connectors.Tests.Lookup;

public sealed class MySqlLookupTests(MariaDbFixture fixture) : TableLookupTest, IAsyncLifetime
{
    private MariaDbServer _server = null!;
    private string _database = "";

    public async ValueTask InitializeAsync() => (_server, _database) = await fixture.DatabaseAsync(Token);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private protected override DatabaseTarget Target(TableDefinition table)
    {
        var address = new DatabaseAddress(TestServer.Host, _server.Port, _database, MariaDbServer.Username, MariaDbServer.Password, TlsMode.Preferred);
        var sink = new SinkTable(table, null, table.Name) { MaxRows = 1000 };
        return new DatabaseTarget(sink, address, new MySqlDialect(MySqlFlavour.MariaDb), () => new MySqlDatabase(sink, address));
    }

    private protected override Task ExecuteAsync(string sql) => _server.ExecuteAsync(_database, sql, Token);
}
