namespace Serverless.Engine.Runtime;

/// <summary>A row of a delta on its way to a stage.</summary>
/// <param name="Input">The input of the stage's operator that it is for.</param>
/// <param name="Row">Its values; equal rows have equal bytes.</param>
/// <param name="Weight">+1 if it is added, −1 if it is removed; times, if it is so more than once.</param>
public readonly record struct StageRow(int Input, byte[] Row, long Weight);

/// <summary>A row of a delta with the stage that it goes to.</summary>
/// <param name="Stage">The stage; behind the last one, the sink.</param>
/// <param name="Hash">The hash of its key there: rows of one key meet. Null if it goes to every cell of the stage.</param>
/// <param name="Record">The place in the batch of the record that it is made of; −1 if it is made of more than one.</param>
/// <param name="Row">The row.</param>
public readonly record struct RoutedRow(int Stage, uint? Hash, int Record, StageRow Row);

/// <summary>A row with the number under which it is known: the offset of its record, or the number of its delta in a channel.</summary>
/// <param name="Number">The number.</param>
/// <param name="Row">The row.</param>
public readonly record struct NumberedRow(long Number, StageRow Row);
