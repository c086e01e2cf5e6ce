using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>The tables and views that a query names, without those that its WITH makes.</summary>
internal static class TableNames
{
    /// <summary>The names, each where it stands.</summary>
    public static IEnumerable<Identifier> Of(QuerySyntax query) => query switch
    {
        SelectSyntax select => Of(select.From)
            .Concat(Parts(select.Where).Concat(select.Items.OfType<SelectExpressionSyntax>().SelectMany(i => Parts(i.Expression))).Concat(Parts(select.Having)).Concat(Parts(select.Qualify))),
        SetOperationSyntax set => Of(set.Left).Concat(Of(set.Right)),
        OrderedSyntax ordered => Of(ordered.Query),
        WithSyntax with => with.Items.SelectMany(i => Of(i.Query)).Concat(Of(with.Body)).Where(n => !with.Items.Any(i => i.Name.Text == n.Text)),
        _ => [],
    };

    private static IEnumerable<Identifier> Of(FromSyntax? from) => from switch
    {
        FromTableSyntax table => [table.Name],
        FromQuerySyntax sub => Of(sub.Query),
        FromFunctionSyntax function => function.Arguments.SelectMany(a => Of(a.Table)),
        JoinSyntax join => Of(join.Left).Concat(Of(join.Right)),
        _ => [],
    };

    /// <summary>The names in the subqueries of an expression.</summary>
    private static IEnumerable<Identifier> Parts(ExpressionSyntax? expression) => expression switch
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
