namespace Serverless.Engine.Sql;

internal static class DiagnosticRenderer
{
    public static string Render(Diagnostic diagnostic) => diagnostic.Message;
}
