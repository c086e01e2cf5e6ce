namespace Serverless.Engine.Sql.Syntax;

/// <summary><c>SELECT [DISTINCT] … FROM … [WHERE …] [GROUP BY …] [HAVING …]</c>.</summary>
public sealed record QuerySyntax(
    TextSpan Span,
    bool IsDistinct,
    IReadOnlyList<SelectItemSyntax> Items,
    FromSyntax From,
    ExpressionSyntax? Where,
    IReadOnlyList<ExpressionSyntax> GroupBy,
    ExpressionSyntax? Having) : Node(Span);

/// <summary>One item of a select list.</summary>
public abstract record SelectItemSyntax(TextSpan Span) : Node(Span);

/// <summary><c>expression [[AS] alias]</c>.</summary>
public sealed record SelectExpressionSyntax(TextSpan Span, ExpressionSyntax Expression, Identifier? Alias) : SelectItemSyntax(Span);

/// <summary><c>*</c> or <c>a.*</c>.</summary>
public sealed record SelectStarSyntax(TextSpan Span, Identifier? Qualifier) : SelectItemSyntax(Span);

/// <summary>What a query reads.</summary>
public abstract record FromSyntax(TextSpan Span, Identifier? Alias) : Node(Span);

/// <summary>A table or a view by name.</summary>
public sealed record FromTableSyntax(TextSpan Span, Identifier Name, Identifier? Alias) : FromSyntax(Span, Alias);

/// <summary><c>(query) [AS] alias</c>.</summary>
public sealed record FromQuerySyntax(TextSpan Span, QuerySyntax Query, Identifier? Alias) : FromSyntax(Span, Alias);
