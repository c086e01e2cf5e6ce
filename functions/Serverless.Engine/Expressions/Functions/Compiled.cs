namespace Serverless.Engine.Expressions.Functions;

/// <summary>What a function makes of a pattern. It keeps the last, which is the only one where the pattern is a literal.</summary>
internal sealed class Compiled<T>
    where T : class
{
    private readonly Func<string, T> _compile;
    private volatile Entry? _last;

    /// <summary>Makes one.</summary>
    /// <param name="compile">Compiles a pattern, or throws <see cref="FormatException"/>.</param>
    /// <param name="literal">The pattern, where it is known.</param>
    public Compiled(Func<string, T> compile, string? literal)
    {
        _compile = compile;
        if (literal is not null)
            _last = new Entry(literal, compile(literal));
    }

    /// <summary>The compiled pattern.</summary>
    /// <exception cref="EvaluationException">It is none.</exception>
    public T Get(string pattern)
    {
        if (_last is { } last && last.Pattern == pattern)
            return last.Value;
        try
        {
            var entry = new Entry(pattern, _compile(pattern));
            _last = entry;
            return entry.Value;
        }
        catch (FormatException e)
        {
            throw new EvaluationException(e.Message, e);
        }
    }

    private sealed record Entry(string Pattern, T Value);
}
