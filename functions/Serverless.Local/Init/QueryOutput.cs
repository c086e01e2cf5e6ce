namespace Serverless.Local.Init;

/// <summary>A column of a query.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Expression">What it is.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsKey">Whether the query groups by it.</param>
internal sealed record QueryOutput(string Name, string Expression, string Type, bool IsKey);
