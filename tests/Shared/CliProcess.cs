using Serverless.Local;

namespace Serverless.Testing;

/// <summary>The <c>serverless-sql</c> command as a process of its own.</summary>
/// <param name="args">The arguments.</param>
/// <param name="environment">Variables to set; those with null are unset.</param>
internal sealed class CliProcess(string[] args, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    : DotnetProcess(typeof(CommandLine), args, environment);
