using Serverless.Engine.Expressions;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A window in <c>GROUP BY</c>, as before Flink 1.13: <c>GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)</c>.</summary>
/// <param name="Kind"><c>TUMBLE</c>, <c>HOP</c> or <c>SESSION</c>.</param>
/// <param name="Time">The time that it is made of.</param>
/// <param name="Start">Its start, which groups go by.</param>
/// <param name="End">Its end.</param>
internal sealed record GroupWindow(string Kind, Scalar Time, Scalar Start, Scalar End);
