using System.Data.Common;
using System.Globalization;

namespace Serverless.TestServers;

/// <summary>Result rows as text.</summary>
internal static class Rows
{
    public static async Task<string[]> ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var rows = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => TextOf(reader.GetValue(i)))));
        return [.. rows];
    }

    private static string TextOf(object value) => value switch
    {
        DBNull => "NULL",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(@"yyyy-MM-dd HH\:mm\:ss.FFFFFF", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
