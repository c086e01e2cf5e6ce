using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Ingest;

/// <summary>An expression over the fields of a batch, and the column of its values, row by row the batch's.</summary>
/// <param name="output">The column.</param>
internal abstract class FieldExpression(Column output)
{
    /// <summary>Its values.</summary>
    public Column Output { get; } = output;

    /// <summary>Evaluates it for some rows of a batch.</summary>
    /// <param name="count">The number of rows of the batch.</param>
    /// <param name="rows">The rows; those that fail are taken out.</param>
    /// <param name="failures">The rows that fail, each with the reason.</param>
    /// <returns>How many rows are left.</returns>
    public abstract int Evaluate(int count, Span<int> rows, List<(int Row, string Reason)> failures);

    /// <summary>Makes the one that takes the least effort.</summary>
    /// <param name="scalar">The expression.</param>
    /// <param name="evaluator">The expression, compiled.</param>
    /// <param name="fields">The fields.</param>
    public static FieldExpression Create(Scalar scalar, Evaluator evaluator, Column[] fields)
    {
        if (scalar is ColumnScalar column)
            return new Field(fields[column.Index]);
        if (TextSlice.Of(scalar) is { } slice && fields[slice.Column] is TextColumn whole)
            return new Slices(slice, whole, new TextColumn());
        if (Columns(scalar).Distinct().ToList() is [var only] && fields[only] is TextColumn text)
            return (FieldExpression)Activator.CreateInstance(typeof(OfText<>).MakeGenericType(scalar.Type.ClrType), evaluator, text, fields, Column.Create(scalar.Type))!;
        return new OfRows(evaluator, fields, Column.Create(scalar.Type));
    }

    private static IEnumerable<int> Columns(Scalar scalar) => scalar is ColumnScalar column ? [column.Index] : scalar.Children.SelectMany(Columns);

    /// <summary>A field as it is.</summary>
    private sealed class Field(Column field) : FieldExpression(field)
    {
        public override int Evaluate(int count, Span<int> rows, List<(int Row, string Reason)> failures) => rows.Length;
    }

    /// <summary>Parts of texts.</summary>
    private sealed class Slices(TextSlice slice, TextColumn whole, TextColumn parts) : FieldExpression(parts)
    {
        public override int Evaluate(int count, Span<int> rows, List<(int Row, string Reason)> failures)
        {
            parts.Resize(count);
            foreach (var row in rows)
                if (whole.IsNull(row))
                    parts.SetNull(row);
                else
                    parts.Set(row, slice.Cut(whole.Utf8(row)));
            return rows.Length;
        }
    }

    /// <summary>What is made of one text alone, and so need not be made of the same text again and again.</summary>
    private sealed class OfText<T>(Evaluator<T> evaluator, TextColumn text, Column[] fields, Column output) : FieldExpression(output)
    {
        private readonly TextCache<T> _cache = new();

        public override int Evaluate(int count, Span<int> rows, List<(int Row, string Reason)> failures)
        {
            Output.Resize(count);
            var values = ((Column<T>)Output).Values;
            var (next, left) = (0, 0);
            while (next < rows.Length)
            {
                try
                {
                    for (; next < rows.Length; next++)
                    {
                        var row = rows[next];
                        var slot = -1;
                        if (text.IsNull(row) || !_cache.TryGet(text.Utf8(row), out values[row], out slot))
                        {
                            values[row] = evaluator.Value(new EvaluationInput(fields, row, default));
                            _cache.Put(slot, text.Utf8(row), values[row]);
                        }

                        rows[left++] = row;
                    }
                }
                catch (EvaluationException e)
                {
                    failures.Add((rows[next++], e.Reason));
                }
            }

            return left;
        }
    }

    /// <summary>Any other.</summary>
    private sealed class OfRows(Evaluator evaluator, Column[] fields, Column output) : FieldExpression(output)
    {
        public override int Evaluate(int count, Span<int> rows, List<(int Row, string Reason)> failures)
        {
            Output.Resize(count);
            return evaluator.Fill(fields, rows, Output, failures);
        }
    }
}
