using Serverless.DurableRuntime.Host;

namespace Serverless.DurableRuntime.Tests;

/// <summary>A <see cref="RuntimeHost"/> as a process of its own.</summary>
/// <param name="args">The arguments.</param>
/// <param name="environment">Variables to set; those with null are unset.</param>
internal sealed class HostProcess(IEnumerable<string> args, IEnumerable<KeyValuePair<string, string?>> environment)
    : DotnetProcess(typeof(RuntimeHost), args, environment, takesLines: true);
