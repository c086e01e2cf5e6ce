using Serverless.Engine.Sql;
using Serverless.Engine.Values;

namespace Serverless.Engine.Runtime;

/// <summary>A table that a dataflow looks rows up in.</summary>
/// <param name="Table">The table.</param>
/// <param name="Keys">The columns that are known, by their places in the table.</param>
/// <param name="Columns">The columns that are wanted, by their places in the table.</param>
public sealed record DataflowLookup(TableDefinition Table, ValueList<int> Keys, ValueList<int> Columns);
