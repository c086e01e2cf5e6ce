using Serverless.Engine.Sql;

namespace Serverless.Connectors.Options;

/// <summary>What is known of one connector: its names, what it can be used for, and its options.</summary>
internal abstract class Connector
{
    /// <summary>The name that errors use.</summary>
    public abstract string Name { get; }

    /// <summary>Whether tables of it can be read.</summary>
    public virtual bool IsSource => false;

    /// <summary>Whether tables of it can be written.</summary>
    public virtual bool IsSink => false;

    /// <summary>Whether rows can be looked up by key in tables of it.</summary>
    public virtual bool IsLookup => false;

    /// <summary>Whether a sink of it upserts by key.</summary>
    public virtual bool NeedsPrimaryKey => false;

    /// <summary>Whether a sink of it only adds rows.</summary>
    public virtual bool IsAppendOnly => false;

    /// <summary>Whether the last record of a key is its row, and the key is the primary key.</summary>
    public virtual bool IsUpsert => false;

    /// <summary>What to use instead if a table is used in a way that this connector does not support; it ends an error's sentence.</summary>
    public virtual string WrongUse => "";

    /// <summary>The options it knows, besides <c>connector</c>.</summary>
    public abstract IReadOnlyList<OptionRule> Options { get; }

    /// <summary>Checks an option that no rule knows, if the connector takes open-ended names.</summary>
    /// <returns>Whether it was one of those.</returns>
    public virtual bool CheckOpenOption(TableOption option, Diagnostics diagnostics) => false;

    /// <summary>Checks what concerns several options.</summary>
    public virtual void CheckTogether(TableDefinition table, TableUse use, Diagnostics diagnostics) { }

    /// <summary>What the binder has to know of a table that is written.</summary>
    public virtual ConnectorTraits TraitsOf(TableDefinition table) => new(Name, NeedsPrimaryKey) { IsAppendOnly = IsAppendOnly };

    protected const string NoSubtasks = "there are no subtasks to set a number of";

    /// <summary>What every sink takes.</summary>
    protected static IEnumerable<OptionRule> SinkOptions => SinkOptionsBeside([], []);

    /// <summary>The options of every sink, with the other names that users have for them.</summary>
    /// <param name="maxRows">Other names of <see cref="OptionValues.MaxRows"/>.</param>
    /// <param name="flushInterval">Other names of <see cref="OptionValues.FlushInterval"/>.</param>
    protected static IEnumerable<OptionRule> SinkOptionsBeside(string[] maxRows, string[] flushInterval) =>
    [
        OptionRule.Used(OptionValues.MaxRows, OptionChecks.Count, maxRows) with { Use = TableUse.Sink },
        OptionRule.Used(OptionValues.FlushInterval, OptionChecks.Duration, flushInterval) with { Use = TableUse.Sink },
        .. OptionRule.Ignored(NoSubtasks, "sink.parallelism"),
    ];
}
