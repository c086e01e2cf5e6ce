using Serverless.Engine.Sql;

namespace Serverless.Connectors.Databases.Common;

/// <summary>An error or a warning about a part of a URL.</summary>
/// <param name="Severity">Whether the URL can be used all the same.</param>
/// <param name="Start">Where in the URL it is about, as an index.</param>
/// <param name="Length">How many characters it is about.</param>
/// <param name="Message">What it is and what to do; it goes on where "'url'" stops.</param>
internal sealed record UrlDiagnostic(Severity Severity, int Start, int Length, string Message);
