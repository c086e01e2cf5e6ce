using System.Globalization;

namespace Serverless.Connectors.Options;

/// <summary>Checks of option values: each returns what a value must be, or null if the value is fine.</summary>
internal static class OptionChecks
{
    public static string? NotEmpty(string value) => string.IsNullOrWhiteSpace(value) ? "must not be empty" : null;

    public static string? Boolean(string value) => bool.TryParse(value, out _) ? null : "must be 'true' or 'false'";

    public static string? Duration(string value) => Durations.TryParse(value, out _) ? null : "must be a duration such as '1s' or '500ms'";

    public static string? Count(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? null : "must be a whole number of at least 1";

    public static string? Bytes(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? null : "must be a whole number of bytes";

    public static string? Milliseconds(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : "must be milliseconds since 1970-01-01 UTC";

    public static string? Port(string value) => ushort.TryParse(value, out var port) && port > 0 ? null : "must be a port number";

    public static Func<string, string?> OneOf(params string[] values) => value =>
        values.Contains(value, StringComparer.OrdinalIgnoreCase) ? null : "must be " + Either(values);

    private static string Either(string[] values)
    {
        var quoted = values.Select(v => $"'{v}'").ToArray();
        return quoted.Length == 1 ? quoted[0] : $"{string.Join(", ", quoted[..^1])} or {quoted[^1]}";
    }
}
