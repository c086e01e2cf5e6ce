using Serverless.Engine.Aggregates;
using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.State;

/// <summary>Makes rows of groups: evaluates HAVING (<see cref="HavingFilter"/>) and the outputs over a group's key, its aggregates and the clock. Holds buffers: one thread at a time.</summary>
/// <param name="compiled">The job.</param>
public sealed class RowBuilder(CompiledJob compiled)
{
    private readonly Column[] _slots = [.. compiled.SlotTypes.Select(Column.Create)];
    private readonly Column[] _outputs = [.. compiled.Job.Outputs.Select(o => Column.Create(o.Type))];
    private readonly HavingFilter _having = new(compiled.Having);
    private readonly GroupKeyCodec _key = new();

    /// <summary>The job.</summary>
    public CompiledJob Compiled { get; } = compiled;

    /// <summary>Makes the row of a group, or of one of its buckets.</summary>
    /// <param name="keys">The group's key.</param>
    /// <param name="bucket">The bucket, and what the row is made of.</param>
    /// <param name="life">The life of the group: see <see cref="RowVersion"/>.</param>
    /// <param name="now">The clock.</param>
    internal RowResult Build(Column[] keys, in RunningBucket bucket, long life, DateTimeOffset now)
    {
        var running = bucket.Values;
        var job = Compiled.Job;
        var version = new RowVersion(Compiled.Epoch, life, running.Events);
        for (var i = 0; i < keys.Length; i++)
            _slots[i] = keys[i];
        var bucketSlot = _slots[^1];
        bucketSlot.Truncate(0);
        bucket.Owner.Bucket(bucket.Bucket, bucketSlot);
        if (job.Timeline is not null && bucketSlot.IsNull(0))
            return default; // NULL comes before all buckets: part of every row, and no row of its own

        // CURRENT_TIMESTAMP has three digits, as in Flink.
        var input = new EvaluationInput(_slots, 0, new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero));
        var values = new object?[_outputs.Length];
        string? key = null;
        try
        {
            // The sink's key is made of the group's key and the bucket alone: it is there whatever else fails.
            foreach (var i in job.Sink.PrimaryKey)
                values[i] = Evaluate(i, input);
            key = RowKey(job, keys);
            for (var i = 0; i < running.Accumulators.Length; i++)
            {
                var slot = _slots[keys.Length + i];
                slot.Truncate(0);
                running.Accumulators[i].Result(slot);
            }

            if (!_having.Passes(input))
                return new RowResult(new RowChange(key, version, true, values), null);
            for (var i = 0; i < values.Length; i++)
                if (!job.Sink.PrimaryKey.Contains(i))
                    values[i] = Evaluate(i, input);
            return new RowResult(new RowChange(key, version, false, values), null);
        }
        catch (EvaluationException e)
        {
            return new RowResult(null, new FailedRow(key ?? "", version, e.Reason, values));
        }
    }

    private object? Evaluate(int output, in EvaluationInput input)
    {
        var column = _outputs[output];
        column.Truncate(0);
        Compiled.Outputs[output].Append(input, column);
        return ToSink(column.Box(0), Compiled.Job.Outputs[output].Type);
    }

    /// <summary>Returns a value as sinks take it: see <see cref="RowChange.Values"/>.</summary>
    internal static object? ToSink(object? value, SqlType type) => value is Number number ? ToSink(number, type) : value;

    private static object ToSink(Number number, SqlType type)
    {
        if (type.Kind == SqlKind.Decimal)
        {
            var rounded = number.Round(type.Scale);
            return rounded.Fits(type.Length, type.Scale) ? rounded : throw new EvaluationException($"{number} is out of range for {type}");
        }

        // A FLOAT's text stays short: 0.1, not 0.10000000149011612.
        var value = type.Kind == SqlKind.Float ? (float.IsFinite(number.ToSingle()) ? Number.FromSingle(number.ToSingle()).ToDouble() : double.NaN) : number.ToDouble();
        return double.IsFinite(value) ? value : throw new EvaluationException($"{number} is out of range for {type}");
    }

    private string RowKey(Job job, Column[] keys)
    {
        _key.Clear();
        if (job.Sink.PrimaryKey.Count > 0)
            for (var i = 0; i < job.Sink.PrimaryKey.Count; i++)
                _key.Append(_outputs[job.Sink.PrimaryKey[i]], 0, i == 0);
        else
            for (var i = 0; i < keys.Length; i++)
                _key.Append(keys[i], 0, i == 0);
        return _key.Text.ToString();
    }
}

/// <summary>A row, or why there is none; neither for a bucket without a row.</summary>
internal readonly record struct RowResult(RowChange? Change, FailedRow? Failure)
{
    public string? Key => Change?.Key ?? Failure?.Key;
}

/// <summary>A version of a row that could not be made, such as a division by a sum that is zero for now. A later version may be fine.</summary>
/// <param name="Key">The row's identity.</param>
/// <param name="Version">How new it would be.</param>
/// <param name="Reason">Why.</param>
/// <param name="Values">The key's values, one per sink column; the others are null.</param>
public sealed record FailedRow(string Key, RowVersion Version, string Reason, object?[] Values)
{
    internal void Write(StateWriter writer)
    {
        writer.Text(Key);
        Version.Write(writer);
        writer.Text(Reason);
        writer.Row(Values);
    }

    internal static FailedRow Read(ref StateReader reader) => new(reader.Text(), RowVersion.Read(ref reader), reader.Text(), reader.Row());

    /// <summary>Reads one whose version is its number of events alone.</summary>
    internal static FailedRow ReadFormer(ref StateReader reader) => new(reader.Text(), new RowVersion(0, 0, reader.Long()), reader.Text(), reader.Row());
}
