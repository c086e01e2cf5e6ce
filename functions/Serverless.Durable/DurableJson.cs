using System.Text.Json.Serialization;

namespace Serverless.Durable;

/// <summary>Messages and states as JSON, without reflection: what the storage holds, and what every operation costs.</summary>
[JsonSerializable(typeof(SlicesMessage))]
[JsonSerializable(typeof(SummariesMessage))]
[JsonSerializable(typeof(RowsMessage))]
[JsonSerializable(typeof(DeltasMessage))]
[JsonSerializable(typeof(StageCellState))]
[JsonSerializable(typeof(FrontierMessage))]
[JsonSerializable(typeof(TickMessage))]
[JsonSerializable(typeof(PressureMessage))]
[JsonSerializable(typeof(CellState))]
[JsonSerializable(typeof(OutboxState))]
[JsonSerializable(typeof(ConfirmMessage))]
[JsonSerializable(typeof(PulseMessage))]
[JsonSerializable(typeof(RewriteMessage))]
[JsonSerializable(typeof(LivesMessage))]
[JsonSerializable(typeof(GapsMessage))]
[JsonSerializable(typeof(WatchMessage))]
[JsonSerializable(typeof(QuietCheck))]
[JsonSerializable(typeof(PositionMark))]
[JsonSerializable(typeof(BeginMessage))]
[JsonSerializable(typeof(OutboxGlance))]
[JsonSerializable(typeof(JobState))]
public sealed partial class DurableJson : JsonSerializerContext;
