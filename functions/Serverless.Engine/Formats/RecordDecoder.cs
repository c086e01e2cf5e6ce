using Serverless.Engine.Ingest;
using Serverless.Engine.Values;

namespace Serverless.Engine.Formats;

/// <summary>Decodes the fields that a job needs, and no others, of the records of one table. One thread at a time.</summary>
internal abstract class RecordDecoder
{
    /// <summary>Returns an empty column for the values of a field, as they are decoded with the least effort; <see cref="Column.Create"/>'s will do as well.</summary>
    public virtual Column NewColumn(SqlType type) => Column.Create(type);

    /// <summary>Puts a record's rows into columns, which it empties first.</summary>
    /// <param name="record">The record.</param>
    /// <param name="columns">One for each field.</param>
    /// <returns>The number of rows.</returns>
    /// <exception cref="DecodeException">The record does not fit.</exception>
    public abstract int Decode(in Record record, Column[] columns);

    /// <summary>The weight of a row that the last record came to: −1 for one that it takes away.</summary>
    /// <param name="row">The row's place.</param>
    public virtual int WeightOf(int row) => 1;

    /// <summary>Returns why fields of a record may be NULL that are not meant to be, behind a reason that says they are; nothing if nothing is known.</summary>
    /// <param name="record">The record.</param>
    public virtual string AdviceOnNulls(in Record record) => "";

    /// <summary>Empties columns.</summary>
    protected static void Clear(Column[] columns)
    {
        foreach (var column in columns)
            column.Truncate(0);
    }
}
