using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A table or view that a query names.</summary>
/// <param name="Name">The name, where it stands.</param>
/// <param name="IsAsOf">Whether <c>FOR SYSTEM_TIME AS OF</c> stands at it.</param>
/// <param name="Hints">The hints behind it.</param>
internal readonly record struct NamedTable(Identifier Name, bool IsAsOf, IReadOnlyList<HintSyntax> Hints);

/// <summary>The tables and views that a query names, without those that its WITH makes.</summary>
internal static class TableNames
{
    /// <summary>The names, each where it stands.</summary>
    public static IEnumerable<NamedTable> Of(QuerySyntax query) => query switch
    {
        SelectSyntax select => Of(select.From)
            .Concat(Parts(select.Where).Concat(select.Items.OfType<SelectExpressionSyntax>().SelectMany(i => Parts(i.Expression))).Concat(Parts(select.Having)).Concat(Parts(select.Qualify))),
        SetOperationSyntax set => Of(set.Left).Concat(Of(set.Right)),
        OrderedSyntax ordered => Of(ordered.Query),
        WithSyntax with => with.Items.SelectMany(i => Of(i.Query)).Concat(Of(with.Body)).Where(n => !with.Items.Any(i => i.Name.Text == n.Name.Text)),
        _ => [],
    };

    private static IEnumerable<NamedTable> Of(FromSyntax? from) => from switch
    {
        FromTableSyntax table => [new NamedTable(table.Name, table.SystemTime is not null, table.Hints)],
        FromQuerySyntax sub => Of(sub.Query),
        FromFunctionSyntax function => function.Arguments.SelectMany(a => Of(a.Table)),
        JoinSyntax join => Of(join.Left).Concat(Of(join.Right)),
        _ => [],
    };

    /// <summary>The names in the subqueries of an expression.</summary>
    private static IEnumerable<NamedTable> Parts(ExpressionSyntax? expression) => expression switch
    {
        null => [],
        ScalarQuerySyntax query => Of(query.Query),
        ExistsSyntax exists => Of(exists.Query),
        InQuerySyntax @in => Of(@in.Query),
        UnarySyntax unary => Parts(unary.Operand),
        BinarySyntax binary => Parts(binary.Left).Concat(Parts(binary.Right)),
        CallSyntax call => call.Arguments.SelectMany(Parts),
        CastSyntax cast => Parts(cast.Operand),
        CaseSyntax @case => @case.Whens.SelectMany(w => Parts(w.Condition).Concat(Parts(w.Result))).Concat(Parts(@case.Operand)).Concat(Parts(@case.Else)),
        BetweenSyntax between => Parts(between.Operand).Concat(Parts(between.Low)).Concat(Parts(between.High)),
        IsSyntax test => Parts(test.Operand),
        _ => [],
    };
}
