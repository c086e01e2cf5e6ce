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
            "table", Name(table.Name), table.IfNotExists ? "if-not-exists" : "", All(table.Columns), Names("key", table.PrimaryKey), table.Watermark is null ? "" : "(watermark)",
            table.Partitioning is null ? "" : "(partitioned)", All(table.Options), table.Like is null ? "" : Of(table.Like)),
        LikeTableSyntax like => Form(["like", Name(like.Name), .. like.Choices.Select(c => $"{c.Action} {c.What}")]),
        DropStatement drop => Form("drop", Name(drop.Name)),
        UseStatement use => Form(use.IsCatalog ? "use-catalog" : "use", Name(use.Name)),
        ResetStatement reset => Form("reset", reset.Key is null ? "" : Quoted(reset.Key)),
        CreateFunctionStatement function => Form(
            "function", Name(function.Name), function.IfNotExists ? "if-not-exists" : "", function.IsSystem ? "system" : "", Quoted(function.Class), function.Language, function.Assemblies.Count == 0 ? "" : Form(["assemblies", .. function.Assemblies.Select(Quoted)])),
        ShowStatement show => Form("show", show.What, show.Name is null ? "" : Name(show.Name)),
        DescribeStatement describe => Form("describe", Name(describe.Name)),
        ExplainStatement explain => Form("explain", Of(explain.Explained)),
        QueryStatement query => Form("query", Of(query.Query)),
        PassedOverStatement => "(passed-over)",
        CreateViewStatement view => Form("view", Name(view.Name), view.IfNotExists ? "if-not-exists" : "", Names("columns", view.Columns), Of(view.Query)),
        InsertStatement insert => Form("insert", Name(insert.Table), All(insert.Hints), Names("columns", insert.Columns), Of(insert.Query)),
        PhysicalColumnSyntax column => Form(
            "column", Name(column.Name), Of(column.Type), column.NotNull ? "not-null" : "", column.IsPrimaryKey ? "key" : ""),
        ComputedColumnSyntax column => Form("computed", Name(column.Name), Of(column.Expression)),
        OptionSyntax option => Form("option", Quoted(option.Name), Quoted(option.Value)),
        TypeSyntax { Fields: [] } type => type.Name + (type.Arguments.Count == 0 ? "" : $"({string.Join(',', type.Arguments)})"),
        TypeSyntax type => $"{type.Name}<{string.Join(", ", type.Fields.Select(field => $"{Name(field.Name)} {Of(field.Type)}"))}>",

        SelectSyntax query => Form(
            "select",
            All(query.Hints),
            query.IsDistinct ? "distinct" : "",
            $"[{All(query.Items)}]",
            query.From is null ? "" : Of(query.From),
            query.Where is null ? "" : Form("where", Of(query.Where)),
            query.GroupBy.Count == 0 ? "" : Form("group", All(query.GroupBy)),
            query.Having is null ? "" : Form("having", Of(query.Having)),
            All(query.Windows),
            query.Qualify is null ? "" : Form("qualify", Of(query.Qualify))),
        SetOperationSyntax set => Form(set.Operator.ToString().ToLowerInvariant() + (set.IsAll ? "-all" : ""), Of(set.Left), Of(set.Right)),
        WithSyntax with => Form("with", All(with.Items), Of(with.Body)),
        WithItemSyntax item => Form(Name(item.Name), Names("columns", item.Columns), Of(item.Query)),
        OrderedSyntax ordered => Form(
            "ordered",
            Of(ordered.Query),
            ordered.OrderBy.Count == 0 ? "" : Form("order", All(ordered.OrderBy)),
            ordered.Limit is null ? "" : Form("limit", Of(ordered.Limit)),
            ordered.Offset is null ? "" : Form("offset", Of(ordered.Offset))),
        ValuesSyntax values => Form(["values", .. values.Rows.Select(row => $"[{All(row)}]")]),
        HintSyntax hint => Form("hint", Name(hint.Name), All(hint.Options)),
        GroupExpressionSyntax group => Of(group.Expression),
        GroupingSetsSyntax sets => Form([sets.Kind.ToString().ToLowerInvariant(), .. sets.Sets.Select(set => $"[{All(set)}]")]),
        OrderItemSyntax { IsDescending: false, NullsFirst: null } item => Of(item.Expression),
        OrderItemSyntax item => Form(
            item.IsDescending ? "desc" : "asc", Of(item.Expression), item.NullsFirst switch { true => "nulls-first", false => "nulls-last", _ => "" }),
        NamedWindowSyntax window => Form("window", Name(window.Name), Of(window.Window)),
        OverSyntax over => Form(
            "over",
            over.Name is null ? "" : Name(over.Name),
            over.PartitionBy.Count == 0 ? "" : Form("partition", All(over.PartitionBy)),
            over.OrderBy.Count == 0 ? "" : Form("order", All(over.OrderBy)),
            over.Frame is null ? "" : Of(over.Frame)),
        FrameSyntax frame => Form(frame.IsRows ? "rows" : "range", Of(frame.Start), Of(frame.End)),
        FrameBoundSyntax { IsUnbounded: false, Distance: null } => "current",
        FrameBoundSyntax bound => Form(bound.IsFollowing ? "following" : "preceding", bound.Distance is null ? "unbounded" : Of(bound.Distance)),
        SelectExpressionSyntax { Alias: null } item => Of(item.Expression),
        SelectExpressionSyntax item => Form("as", Of(item.Expression), Name(item.Alias!)),
        SelectStarSyntax { Qualifier: null } => "*",
        SelectStarSyntax star => $"{Name(star.Qualifier!)}.*",
        FromTableSyntax from => Form("from", Name(from.Name), All(from.Hints), from.SystemTime is null ? "" : Form("as-of", Of(from.SystemTime)), Alias(from.Alias)),
        FromQuerySyntax from => Form(from.IsLateral ? "lateral" : "from", Of(from.Query), Alias(from.Alias)),
        FromFunctionSyntax from => Form("function", Name(from.Name), All(from.Arguments), Alias(from.Alias)),
        FromUnnestSyntax from => Form("unnest", Of(from.Expression), from.WithOrdinality ? "with-ordinality" : "", Alias(from.Alias)),
        TableArgumentSyntax argument => argument.Name is null ? Argument(argument) : Form("=>", Name(argument.Name), Argument(argument)),
        JoinSyntax join => Form(
            $"{join.Kind.ToString().ToLowerInvariant()}-join",
            Of(join.Left),
            Of(join.Right),
            join.On is null ? "" : Form("on", Of(join.On)),
            Names("using", join.Using)),

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
            call.Filter is null ? "" : Form("filter", Of(call.Filter)),
            call.Over is null ? "" : Of(call.Over)),
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
        RowSyntax row => Form("row", All(row.Items)),
        ScalarQuerySyntax scalar => Form("scalar", Of(scalar.Query)),
        ExistsSyntax exists => Form("exists", Of(exists.Query)),
        InQuerySyntax @in => Form([@in.IsNegated ? "not-in" : "in", .. @in.Operands.Select(Of), Of(@in.Query)]),
        _ => throw new ArgumentException($"no form for {node.GetType().Name}", nameof(node)),
    };

    private static string Form(params string[] parts) => $"({string.Join(' ', parts.Where(part => part.Length > 0))})";

    private static string All(IEnumerable<Node> nodes) => string.Join(' ', nodes.Select(Of));

    private static string Names(string form, IReadOnlyList<Identifier>? names) =>
        names is null ? "" : Form([form, .. names.Select(Name)]);

    private static string Alias(AliasSyntax? alias) =>
        alias is null ? "" : alias.Columns is null ? Name(alias.Name) : Names(Name(alias.Name), alias.Columns);

    private static string Argument(TableArgumentSyntax argument) =>
        argument.Table is { } table ? Form("table", Of(table), argument.PartitionBy.Count == 0 ? "" : Form("partition", All(argument.PartitionBy)))
        : argument.Descriptor is { } columns ? Names("descriptor", columns)
        : Of(argument.Expression!);

    private static string Name(Identifier name) => name.Text.All(c => char.IsLetterOrDigit(c) || c is '_' or '$') ? name.Text : $"`{name.Text}`";

    private static string Quoted(StringValue value) => Quoted(value.Text);

    private static string Quoted(string text) => $"'{text}'";
}
