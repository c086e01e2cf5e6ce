using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>One form of a function whose types are all fixed.</summary>
/// <param name="Method">What computes it.</param>
/// <param name="Returns">The type of the result.</param>
/// <param name="Takes">The types of the arguments, each of which an argument must be or become without a CAST.</param>
internal sealed record Overload(Delegate Method, SqlType Returns, params SqlType[] Takes)
{
    /// <summary>Whether it fails on some arguments.</summary>
    public bool CanFail { get; init; }

    /// <summary>Whether it is called with NULLs; the last parameter is then an array that takes all further arguments.</summary>
    public bool IsVariadic { get; init; }
}
