using Serverless.Engine.Formats;
using Serverless.Engine.Sql;

namespace Serverless.Engine.Plans;

/// <summary>A query of any number of stages.</summary>
/// <param name="Root">The relation on top.</param>
/// <param name="Sources">The tables it reads, each once; a table of several topics once for each, under one name.</param>
/// <param name="Formats">How the records of each are decoded.</param>
/// <param name="Lookups">The tables it looks rows up in, each once.</param>
public sealed record Query(Relation Root, IReadOnlyList<TableDefinition> Sources, IReadOnlyList<IRecordFormat> Formats, IReadOnlyList<TableDefinition> Lookups);
