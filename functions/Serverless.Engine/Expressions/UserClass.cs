namespace Serverless.Engine.Expressions;

/// <summary>A class of C# that is a function of a script.</summary>
/// <param name="Type">The class.</param>
/// <param name="Identity">What tells its code from any other, whatever it is called: state that was made by other code means something else.</param>
public sealed record UserClass(Type Type, string Identity);
