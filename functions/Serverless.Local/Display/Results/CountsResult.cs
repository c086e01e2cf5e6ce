namespace Serverless.Local.Display.Results;

/// <summary>The last line of <c>check</c>.</summary>
/// <param name="Scripts">The scripts.</param>
/// <param name="Jobs">The jobs in them.</param>
/// <param name="Errors">The errors in them; with none, all can run.</param>
/// <param name="Warnings">The warnings.</param>
/// <param name="Notices">The notices, told or, with <c>--quiet</c>, not.</param>
internal sealed record CountsResult(int Scripts, int Jobs, int Errors, int Warnings, int Notices);
