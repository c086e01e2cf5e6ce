using Serverless.Engine.Expressions;
using Serverless.Engine.Expressions.Functions;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary>A function that a script creates.</summary>
/// <param name="Statement">The statement that creates it.</param>
/// <param name="Function">What runs; null if it could not be loaded, or is written in a language that does not run here.</param>
/// <param name="Identity">What tells its code from any other; empty if there is none.</param>
internal sealed record ScriptFunction(CreateFunctionStatement Statement, UserFunction? Function, string Identity)
{
    /// <summary>Whether it is of C#.</summary>
    public bool IsOfAssembly => Statement.Assemblies.Count > 0;

    /// <summary>Whether it counts more than a built-in function of its name.</summary>
    public bool IsSystem => IsOfAssembly && Statement.IsSystem;

    /// <summary>Whether it is created behind the query that is looked at.</summary>
    public bool IsBelow { get; init; }

    /// <summary>Makes one, and reports what is wrong with it.</summary>
    public static ScriptFunction Of(CreateFunctionStatement statement, IConnectorCatalog connectors, Diagnostics diagnostics)
    {
        var name = statement.Name.Last;
        if (statement.Assemblies.Count == 0)
            return new ScriptFunction(statement, null, "");
        if (statement.Language is not ("CSHARP" or "C#"))
        {
            diagnostics.Error(statement.Span, $"a function USING ASSEMBLY is one of C#, and LANGUAGE {statement.Language} says another language: leave LANGUAGE out");
            return new ScriptFunction(statement, null, "");
        }

        if (!statement.IsSystem && FunctionCatalog.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            diagnostics.Notice(statement.Name.Span, $"there is a built-in function {name.ToUpperInvariant()}, which counts, as in Flink; give yours another name, or CREATE TEMPORARY SYSTEM FUNCTION");
        if (connectors.FindClass(statement, diagnostics) is not { } found)
            return new ScriptFunction(statement, null, "");
        var function = UserFunction.Of(name, found, out var error);
        if (error is not null)
            diagnostics.Error(statement.Class.Span, error);
        return new ScriptFunction(statement, function, found.Identity);
    }

    /// <summary>Why a function that is not of C# cannot be called, and what to do.</summary>
    public string ForeignReason(string name)
    {
        var language = Statement.Language switch { "PYTHON" => "Python", "SCALA" => "Scala", _ => "Java" };
        return $"{name} is written in {language} ('{Statement.Class.Text}'), which does not run here: write what it does in SQL, or in C# (CREATE FUNCTION … AS 'Class' USING ASSEMBLY 'file.dll'), or compute it before the records are produced";
    }
}
