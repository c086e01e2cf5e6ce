using Serverless.Engine.Sql;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Tests.Sql;

/// <summary>A syntax tree as an s-expression, short enough to write by hand in a case.</summary>
internal static class SyntaxDump
{
    public static string Of(Node node) => node switch
    {
        SetStatement set => Form("set", Quoted(set.Key), Quoted(set.Value)),
        CreateTableStatement table => Form(
            "table", Name(table.Name), All(table.Columns), Names("key", table.PrimaryKey), table.Watermark is null ? "" : "(watermark)", All(table.Options)),
        CreateViewStatement view => Form("view", Name(view.Name), Names("columns", view.Columns), Of(view.Query)),
        InsertStatement insert => Form("insert", Name(insert.Table), Names("columns", insert.Columns), Of(insert.Query)),
        PhysicalColumnSyntax column => Form(
            "column", Name(column.Name), Of(column.Type), column.NotNull ? "not-null" : "", column.IsPrimaryKey ? "key" : ""),
        ComputedColumnSyntax column => Form("computed", Name(column.Name), Of(column.Expression)),
        OptionSyntax option => Form("option", Quoted(option.Name), Quoted(option.Value)),
        TypeSyntax { Fields: [] } type => type.Name + (type.Arguments.Count == 0 ? "" : $"({string.Join(',', type.Arguments)})"),
        TypeSyntax type => $"{type.Name}<{string.Join(", ", type.Fields.Select(field => $"{Name(field.Name)} {Of(field.Type)}"))}>",

        QuerySyntax query => Form(
            "select",
            query.IsDistinct ? "distinct" : "",
            $"[{All(query.Items)}]",
            Of(query.From),
            query.Where is null ? "" : Form("where", Of(query.Where)),
            query.GroupBy.Count == 0 ? "" : Form("group", All(query.GroupBy)),
            query.Having is null ? "" : Form("having", Of(query.Having))),
        SelectExpressionSyntax { Alias: null } item => Of(item.Expression),
        SelectExpressionSyntax item => Form("as", Of(item.Expression), Name(item.Alias!)),
        SelectStarSyntax { Qualifier: null } => "*",
        SelectStarSyntax star => $"{Name(star.Qualifier!)}.*",
        FromTableSyntax from => Form("from", Name(from.Name), from.Alias is null ? "" : Name(from.Alias)),
        FromQuerySyntax from => Form("from", Of(from.Query), from.Alias is null ? "" : Name(from.Alias)),

        NameSyntax name => string.Join('.', name.Parts.Select(Name)),
        LiteralSyntax literal => literal.Kind switch
        {
            LiteralKind.Null => "null",
            LiteralKind.Boolean => literal.Text.ToLowerInvariant(),
            LiteralKind.Number => literal.Text,
            LiteralKind.String => Quoted(literal.Text),
            LiteralKind.Symbol => $"#{literal.Text}",
            _ => Form(literal.Kind.ToString().ToLowerInvariant(), Quoted(literal.Text)),
        },
        IntervalSyntax interval => Form("interval", Quoted(interval.Value), interval.Unit),
        UnarySyntax unary => Form(unary.Operator, Of(unary.Operand)),
        BinarySyntax binary => Form(binary.Operator, Of(binary.Left), Of(binary.Right)),
        CallSyntax call => Form(
            "call",
            call.Name.Text,
            call.IsDistinct ? "distinct" : "",
            call.IsStar ? "*" : All(call.Arguments),
            call.Filter is null ? "" : Form("filter", Of(call.Filter))),
        CastSyntax cast => Form(cast.IsTry ? "try-cast" : "cast", Of(cast.Operand), Of(cast.Type)),
        CaseSyntax @case => Form(
            "case",
            @case.Operand is null ? "" : Of(@case.Operand),
            All(@case.Whens),
            @case.Else is null ? "" : Form("else", Of(@case.Else))),
        WhenSyntax branch => Form("when", Of(branch.Condition), Of(branch.Result)),
        InSyntax @in => Form(@in.IsNegated ? "not-in" : "in", Of(@in.Operand), All(@in.List)),
        BetweenSyntax between => Form(between.IsNegated ? "not-between" : "between", Of(between.Operand), Of(between.Low), Of(between.High)),
        LikeSyntax like => Form(
            like.IsNegated ? "not-like" : "like", Of(like.Operand), Of(like.Pattern), like.Escape is null ? "" : Form("escape", Of(like.Escape))),
        IsSyntax test => Form(test.IsNegated ? "is-not" : "is", Of(test.Operand), test.Test),
        _ => throw new ArgumentException($"no form for {node.GetType().Name}", nameof(node)),
    };

    private static string Form(params string[] parts) => $"({string.Join(' ', parts.Where(part => part.Length > 0))})";

    private static string All(IEnumerable<Node> nodes) => string.Join(' ', nodes.Select(Of));

    private static string Names(string form, IReadOnlyList<Identifier>? names) =>
        names is null ? "" : Form([form, .. names.Select(Name)]);

    private static string Name(Identifier name) => name.Text.All(c => char.IsLetterOrDigit(c) || c is '_' or '$') ? name.Text : $"`{name.Text}`";

    private static string Quoted(StringValue value) => Quoted(value.Text);

    private static string Quoted(string text) => $"'{text}'";
}
