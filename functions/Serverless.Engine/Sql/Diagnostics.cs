namespace Serverless.Engine.Sql;

/// <summary>Collects everything there is to say of one script, so that a user sees all errors in one go.</summary>
/// <param name="source">The script.</param>
public sealed class Diagnostics(SourceText source)
{
    private readonly List<Diagnostic> _all = [];

    /// <summary>The script.</summary>
    public SourceText Source { get; } = source;

    /// <summary>Everything said so far, in the order of the places.</summary>
    public IReadOnlyList<Diagnostic> All => [.. _all.OrderBy(d => d.Span.Start)];

    /// <summary>Whether the script cannot run.</summary>
    public bool HasErrors => _all.Any(d => d.Severity == Severity.Error);

    /// <summary>How many errors there are so far.</summary>
    public int Errors => _all.Count(d => d.Severity == Severity.Error);

    /// <summary>Whether an error stands in a place.</summary>
    internal bool HasErrorIn(TextSpan span) => _all.Exists(d => d.Severity == Severity.Error && d.Span.Start >= span.Start && d.Span.Start < span.End);

    /// <summary>Adds an error.</summary>
    public void Error(TextSpan span, string message) => Add(Severity.Error, span, message);

    /// <summary>Adds a warning.</summary>
    public void Warning(TextSpan span, string message) => Add(Severity.Warning, span, message);

    /// <summary>Adds a notice.</summary>
    public void Notice(TextSpan span, string message) => Add(Severity.Notice, span, message);

    /// <summary>Takes back the notices of a place, which turned out to be wrong.</summary>
    internal void Withdraw(TextSpan span) => _all.RemoveAll(d => d.Severity == Severity.Notice && d.Span == span);

    private void Add(Severity severity, TextSpan span, string message)
    {
        var diagnostic = new Diagnostic(severity, Source, span, message);
        if (!_all.Contains(diagnostic) && !(severity == Severity.Error && _all.Exists(d => d.Severity == severity && d.Message == message && IsOneStatement(d.Span, span))))
            _all.Add(diagnostic);
    }

    // What SELECT and GROUP BY repeat is wrong once.
    private bool IsOneStatement(TextSpan one, TextSpan other)
    {
        var (first, last) = one.Start <= other.Start ? (one, other) : (other, one);
        return first.Length > 1 && last.Start <= Source.Text.Length && !Source.Text.AsSpan(first.Start, last.Start - first.Start).Contains(';');
    }
}
