namespace Serverless.Engine.Expressions.Functions;

/// <summary>The functions by name, as each theme's file adds them.</summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>All names that are words.</summary>
    public IReadOnlyCollection<string> Names =>
        [.. _entries.Keys.Where(name => char.IsAsciiLetter(name[0]) && name != "NEGATE").Order(StringComparer.Ordinal)];

    /// <summary>Adds a function of some forms: the first that takes the very types, or else the first that they become without a CAST.</summary>
    /// <param name="names">Its names, blanks between.</param>
    /// <param name="takes">What it takes, in words.</param>
    /// <param name="overloads">Its forms.</param>
    public void Add(string names, string takes, params Overload[] overloads) => Add(names, takes, call =>
    {
        foreach (var isExact in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var overload in overloads)
            {
                if (call.Fit(overload, isExact) is { } function)
                    return function;
            }
        }

        return null;
    });

    /// <summary>Adds a function that is chosen by more than the types.</summary>
    public void Add(string names, string takes, Func<FunctionCall, ScalarFunction?> choose)
    {
        foreach (var name in names.Split(' '))
            _entries.Add(name, new Entry($"{name} takes {takes}", choose));
    }

    /// <inheritdoc cref="FunctionCatalog.Resolve" />
    public ScalarFunction? Resolve(string name, IReadOnlyList<FunctionArgument> arguments, TimeZoneInfo zone, out string? error)
    {
        error = null;
        if (!_entries.TryGetValue(name, out var entry))
            return null;
        var call = new FunctionCall(name, arguments, zone);
        if (entry.Choose(call) is { } function)
            return function;
        error = call.Error ?? $"{entry.Takes}; got {call.Types}";
        return null;
    }

    private sealed record Entry(string Takes, Func<FunctionCall, ScalarFunction?> Choose);
}
