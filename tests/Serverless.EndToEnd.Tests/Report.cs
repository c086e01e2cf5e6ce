using System.Diagnostics;
using System.Globalization;

namespace Serverless.EndToEnd.Tests;

/// <summary>What a test measures: told with the time of day, and at the end how long the test took.</summary>
internal sealed class Report : IDisposable
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly string _test = TestContext.Current.TestMethod?.MethodName.Replace('_', ' ') ?? "";

    /// <summary>Tells something.</summary>
    public void Say(FormattableString text)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss} {_test}: {text.ToString(CultureInfo.InvariantCulture)}");
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }

    /// <summary>Tells how long it took.</summary>
    public void Dispose() => Say($"{_watch.Elapsed.TotalSeconds:0.0} s in all");
}
