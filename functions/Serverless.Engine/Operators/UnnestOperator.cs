using Serverless.Engine.Values;

namespace Serverless.Engine.Operators;

/// <summary><c>UNNEST</c>: a row for each element of a row's collection.</summary>
/// <param name="types">The types of the output's columns: the input's, then the elements', then the place's.</param>
/// <param name="collection">The place of the collection.</param>
/// <param name="type">The collection's type.</param>
/// <param name="elements">How many columns an element has.</param>
/// <param name="hasOrdinality">Whether the element's place stands behind it.</param>
/// <param name="isOuter">Whether a row without elements stays, with NULL for them.</param>
internal sealed class UnnestOperator(IReadOnlyList<SqlType> types, int collection, SqlType type, int elements, bool hasOrdinality, bool isOuter) : StatelessOperator(types)
{
    public override void Apply(int input, Delta delta, Delta output, RowFailures failures)
    {
        var values = ((Column<NestedValue?>)delta.Columns[collection]).Values;
        for (var row = 0; row < delta.Count; row++)
        {
            var place = 0L;
            if (values[row] is { } value)
                foreach (var element in ElementsOf(value))
                    Add(row, element, ++place);
            if (place == 0 && isOuter)
                Add(row, null, null);
        }

        void Add(int row, object?[]? element, long? place)
        {
            var width = delta.Columns.Length;
            for (var i = 0; i < width; i++)
                output.Columns[i].Append(delta.Columns[i], row);
            for (var i = 0; i < elements; i++)
                output.Columns[width + i].AppendBoxed(element?[i]);
            if (hasOrdinality)
                ((Column<long?>)output.Columns[width + elements]).Append(place);
            output.Add(delta.Weights[row]);
            if (delta.Records is { } records)
                output.Records?.Add(records[row]);
        }
    }

    private IEnumerable<object?[]> ElementsOf(NestedValue value)
    {
        switch (type.Kind)
        {
            case SqlKind.Map:
                return value.Entries.Select(e => new[] { e.Key, e.Value });
            case SqlKind.Multiset:
                return value.Entries.SelectMany(e => Enumerable.Repeat(Parts(e.Key), (int)(long)e.Value!));
            default:
                return value.Items.Select(Parts);
        }
    }

    // Of a row that is NULL all fields are.
    private object?[] Parts(object? element) => type.Element.Kind != SqlKind.Row ? [element] : element is NestedValue row ? row.Items : new object?[elements];
}
