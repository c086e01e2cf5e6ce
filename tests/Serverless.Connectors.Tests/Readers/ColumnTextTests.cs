using Serverless.Connectors.Databases.Common;
using Serverless.Engine.Values;

namespace Serverless.Connectors.Tests.Readers;

public sealed class ColumnTextTests
{
    public static TheoryData<SqlType, string, string?> Cases => new()
    {
        { SqlType.Boolean, "t", "true" },
        { SqlType.Boolean, "0", "false" },
        { SqlType.Boolean, "yes", null },
        { SqlType.BigInt, "007", "7" },
        { SqlType.BigInt, "1.5", null },
        { SqlType.BigInt, "9223372036854775808", null },
        { SqlType.Decimal(10, 2), "1.5", "1.50" },
        { SqlType.Decimal(10, 2), "1.505", "1.505" },
        { SqlType.Decimal(10, 2), "NaN", null },
        { SqlType.Double, "1e3", "1000" },
        { SqlType.Double, "infinity", null },
        { SqlType.Bytes, "00FF", "00ff" },
        { SqlType.Bytes, "0", null },
        { SqlType.Date, "2021-12-1", "2021-12-01" },
        { SqlType.Date, "2021-12-01 00:00:00", "2021-12-01" },
        { SqlType.Date, "2021-13-01", null },
        { SqlType.Time(3), "19:11:00", "19:11:00.000" },
        { SqlType.Time(), "24:00:00", null },
        { SqlType.Timestamp(0), "2021-12-01 19:11:00.9", "2021-12-01 19:11:00" },
        { SqlType.TimestampLtz(3), "2021-12-01 19:11:00+00", "2021-12-01 19:11:00.000" },
        { SqlType.String, "", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_value_takes_its_columns_form_or_is_none(SqlType type, string text, string? expected)
    {
        var isValue = ColumnText.TryParse(type, text, out var value);

        Assert.Equal(expected, isValue ? value : null);
    }

    [Fact]
    public void What_a_database_says_stays_as_it_is_where_the_column_has_no_such_value() =>
        Assert.Equal(("infinity", "24:00:00"), (ColumnText.Of(SqlType.Timestamp(), "infinity"), ColumnText.Of(SqlType.Time(), "24:00:00")));
}
