namespace Serverless.Local.Init;

/// <summary>What a query over a sample's events may compute: counts and sums by what is probably the key, and by day.</summary>
/// <param name="Key">The column that it groups by; null for the day alone.</param>
/// <param name="Outputs">What it computes.</param>
internal sealed record QueryGuess(SampleColumn? Key, IReadOnlyList<QueryOutput> Outputs)
{
    private const int MostSums = 6;

    /// <summary>Guesses.</summary>
    /// <param name="columns">The columns of the events.</param>
    /// <param name="events">How many events there are.</param>
    /// <exception cref="CommandException">There is nothing to group by.</exception>
    public static QueryGuess Of(IReadOnlyList<SampleColumn> columns, int events)
    {
        var key = KeyOf(columns, events);
        var outputs = new List<QueryOutput>();
        if (key is not null)
            Add(key.Name, key.Expression, key.Type!, isKey: true);
        if (columns.FirstOrDefault(c => c.Type == "DATE") is { } date)
            Add(date.Name, date.Expression, "DATE", isKey: true);
        else if (columns.FirstOrDefault(c => c.IsTimestamp) is { } time)
            Add("event_date", $"CAST({time.Expression} AS DATE)", "DATE", isKey: true);
        if (outputs.Count == 0)
            throw new CommandException("the events have no field to group by: init needs a text, a whole number or a time among their fields");
        Add("events", "COUNT(*)", "BIGINT");
        foreach (var amount in columns.Where(c => c != key && c.IsAmount).Take(MostSums))
            Add($"total_{amount.Name}", $"SUM({amount.Expression})", amount.IsDecimal ? $"DECIMAL(38,{amount.Type!.Split(',')[1]}" : amount.Type!);
        if (columns.Where(c => c != key && (c.Type == "STRING" || (c.Type == "BIGINT" && c.IsKind))).MaxBy(c => c.Field.Distinct) is { } many)
            Add($"distinct_{many.Name}", $"COUNT(DISTINCT {many.Expression})", "BIGINT");
        return new QueryGuess(key, outputs);

        void Add(string name, string expression, string type, bool isKey = false)
        {
            while (outputs.Exists(o => o.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                name += "_";
            outputs.Add(new QueryOutput(name, expression, type, isKey));
        }
    }

    // Of the texts that repeat, the one with the fewest values; else a number whose name says that it tells kinds apart; else whatever there is.
    private static SampleColumn? KeyOf(IReadOnlyList<SampleColumn> columns, int events)
    {
        var whole = columns.Where(c => c.Field.Count == events).ToList();
        return whole.Where(c => c.Type == "STRING" && c.Field.Distinct < events).OrderBy(c => c.Field.Distinct == 1).ThenBy(c => c.Field.Distinct).FirstOrDefault()
            ?? whole.Where(c => c.Type == "BIGINT" && c.Field.Distinct < events && c.IsKind).MinBy(c => c.Field.Distinct)
            ?? whole.Find(c => c.Type == "STRING")
            ?? columns.FirstOrDefault(c => c.Type is "STRING" or "BIGINT" or "BOOLEAN");
    }
}
