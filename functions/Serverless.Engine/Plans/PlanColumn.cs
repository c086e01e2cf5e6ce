using Serverless.Engine.Expressions;
using Serverless.Engine.Values;

namespace Serverless.Engine.Plans;

/// <summary>A column of a relation. Its number is its own within a job: no other relation has it, unless it passes the column on.</summary>
/// <param name="Id">The number.</param>
/// <param name="Name">The name, for plans and errors.</param>
/// <param name="Type">The type.</param>
public sealed record PlanColumn(int Id, string Name, SqlType Type)
{
    /// <summary>Returns the column as an expression.</summary>
    public ColumnScalar Scalar => new(Id, Name, Type);
}

/// <summary>Hands out the numbers of a job's columns.</summary>
/// <param name="first">The first number.</param>
internal sealed class ColumnIds(int first = 0)
{
    private int _last = first;

    /// <summary>Makes a column with a number of its own.</summary>
    public PlanColumn New(string name, SqlType type) => new(_last++, name, type);
}
