namespace Serverless.Queries.Tests.Nexmark;

/// <summary>Nexmark's questions as scripts.</summary>
internal static class NexmarkScripts
{
    /// <summary>The columns and the key of the answers to the questions that make jobs of several stages.</summary>
    public static IReadOnlyDictionary<string, string> SeveralStages { get; } = new Dictionary<string, string>
    {
        ["q3"] = "name STRING, city STRING, state STRING, id BIGINT, PRIMARY KEY (id) NOT ENFORCED",
        ["q4"] = "category BIGINT, mean BIGINT, PRIMARY KEY (category) NOT ENFORCED",
        ["q5"] = "auction BIGINT, bids BIGINT, window_end TIMESTAMP(3), PRIMARY KEY (auction, window_end) NOT ENFORCED",
        ["q7"] = "auction BIGINT, bidder BIGINT, price BIGINT, moment TIMESTAMP(3), extra STRING, PRIMARY KEY (auction, bidder, price, moment, extra) NOT ENFORCED",
        ["q8"] = "id BIGINT, name STRING, window_start TIMESTAMP(3), PRIMARY KEY (id, name, window_start) NOT ENFORCED",
        ["q9"] = """
            id BIGINT, item STRING, description STRING, first_bid BIGINT, reserve BIGINT, moment TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING,
            auction BIGINT, bidder BIGINT, price BIGINT, bid_at TIMESTAMP(3), bid_extra STRING, PRIMARY KEY (id) NOT ENFORCED
            """,
        ["q18"] = "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, moment TIMESTAMP(3), extra STRING, PRIMARY KEY (auction, bidder) NOT ENFORCED",
        ["q19"] = "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, moment TIMESTAMP(3), extra STRING, place BIGINT, PRIMARY KEY (auction, place) NOT ENFORCED",
        ["q20"] = """
            auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, moment TIMESTAMP(3), extra STRING, item STRING, description STRING, first_bid BIGINT, reserve BIGINT,
            opens TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, auction_extra STRING, PRIMARY KEY (auction, bidder, price, moment, extra) NOT ENFORCED
            """,
    };

    /// <summary>Returns a question whose answer may have a row twice as one that has it once, for a table with a key.</summary>
    public static string Once(string name) => name == "q7" ? $"SELECT DISTINCT * FROM (\n{Read("q7.sql")}\n)" : Read($"{name}.sql");

    /// <summary>Returns the file of a question, or of what belongs to it.</summary>
    public static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    /// <summary>Where the files are.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Nexmark");

    /// <summary>Returns a question as a script whose answer goes into a table.</summary>
    /// <param name="question">The question.</param>
    /// <param name="columns">The columns of the table, and its key.</param>
    /// <param name="sink">The options of the table.</param>
    /// <param name="source">More options of the topic's table.</param>
    public static string Of(string question, string columns, string sink, string source = "") => $"""
        {Read("tables.sql").Replace("'topic' = 'nexmark'", $"'topic' = 'nexmark'{source}", StringComparison.Ordinal)}
        CREATE TABLE answer ({columns}) WITH ({sink});
        INSERT INTO answer {question};
        """;
}
