namespace Serverless.Engine.Sql.Syntax;

/// <summary>A statement that changes nothing here, such as <c>CREATE CATALOG</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Note">What to say of it.</param>
public sealed record PassedOverStatement(TextSpan Span, string Note) : Statement(Span);

/// <summary><c>DROP TABLE | VIEW [IF EXISTS] name</c>: from here on the name is free.</summary>
public sealed record DropStatement(TextSpan Span, Identifier Name) : Statement(Span);

/// <summary><c>USE [CATALOG] name</c>: where names belong that say no catalog or database.</summary>
public sealed record UseStatement(TextSpan Span, Identifier Name, bool IsCatalog) : Statement(Span);

/// <summary><c>RESET ['key']</c>: settings are as if they had never been set.</summary>
public sealed record ResetStatement(TextSpan Span, StringValue? Key) : Statement(Span);

/// <summary><c>CREATE FUNCTION name AS 'class' [LANGUAGE JAVA] [USING JAR | ASSEMBLY 'file', …]</c>.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="Name">The function's name.</param>
/// <param name="Class">The class, or for Python the module's attribute.</param>
/// <param name="Language">JAVA, SCALA, PYTHON or CSHARP.</param>
/// <param name="Assemblies">The files of <c>USING ASSEMBLY</c>; empty for a function of another language than C#.</param>
public sealed record CreateFunctionStatement(TextSpan Span, Identifier Name, StringValue Class, string Language, IReadOnlyList<StringValue> Assemblies) : Statement(Span)
{
    /// <summary>Whether <c>IF NOT EXISTS</c> stands before the name: a function of the name that there is stays.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>Whether it is a <c>TEMPORARY SYSTEM FUNCTION</c>, which counts more than a built-in one of its name.</summary>
    public bool IsSystem { get; init; }
}

/// <summary><c>SHOW TABLES</c> and its like.</summary>
/// <param name="Span">Where it stands.</param>
/// <param name="What">What is asked for, in upper case: <c>TABLES</c>, <c>CREATE TABLE</c>.</param>
/// <param name="Name">The table or view that is asked for; null without one.</param>
public sealed record ShowStatement(TextSpan Span, string What, Identifier? Name) : Statement(Span);

/// <summary><c>DESCRIBE name</c>.</summary>
public sealed record DescribeStatement(TextSpan Span, Identifier Name) : Statement(Span);

/// <summary><c>EXPLAIN [PLAN FOR] statement</c>.</summary>
public sealed record ExplainStatement(TextSpan Span, Statement Explained) : Statement(Span);

/// <summary>A query alone, whose rows are printed.</summary>
public sealed record QueryStatement(TextSpan Span, QuerySyntax Query) : Statement(Span);
