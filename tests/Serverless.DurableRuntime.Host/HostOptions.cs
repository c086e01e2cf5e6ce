using System.CommandLine;

namespace Serverless.DurableRuntime.Host;

/// <summary>The command line.</summary>
/// <param name="Scripts">The paths of the scripts.</param>
/// <param name="Loss">How likely a batch of operations is taken for done without effect.</param>
/// <param name="MostLosses">The most batches that are lost so.</param>
/// <param name="Seed">Which ones are.</param>
/// <param name="MakesUp">Whether what is lost is made up for.</param>
internal sealed record HostOptions(string[] Scripts, double Loss, int MostLosses, int Seed, bool MakesUp)
{
    /// <summary>Whether it is to be as fast as the app: its times, batches and shards, and not those for which a test need not wait long.</summary>
    public bool IsMeasured { get; init; }

    /// <summary>How many bytes of groups a cell holds before cold ones leave it; null for as many as the app's.</summary>
    public int? HotBytes { get; init; }

    /// <summary>Reads a command line.</summary>
    public static HostOptions Parse(string[] args)
    {
        var scripts = new Argument<string[]>("script") { Arity = ArgumentArity.OneOrMore };
        var loss = new Option<double>("--loss");
        var most = new Option<int>("--most-losses") { DefaultValueFactory = _ => int.MaxValue };
        var seed = new Option<int>("--seed");
        var never = new Option<bool>("--never-make-up");
        var measured = new Option<bool>("--measured");
        var hot = new Option<int?>("--hot-bytes");
        var parsed = new RootCommand { scripts, loss, most, seed, never, measured, hot }.Parse(args);
        return parsed.Errors.Count == 0
            ? new HostOptions(parsed.GetRequiredValue(scripts), parsed.GetValue(loss), parsed.GetValue(most), parsed.GetValue(seed), !parsed.GetValue(never)) { IsMeasured = parsed.GetValue(measured), HotBytes = parsed.GetValue(hot) }
            : throw new ArgumentException(string.Join(Environment.NewLine, parsed.Errors));
    }
}
