using System.Text.RegularExpressions;
using Serverless.Engine.Expressions;

namespace Serverless.Engine.Tests.Expressions;

public sealed partial class CallAdviceTests
{
    // What the binder makes itself, the aggregates, and what stands behind FROM.
    private static readonly string[] Others = ["CAST", "COALESCE", "COUNT", "DECIMAL", "FILTER", "FIRST_VALUE", "IF", "LAST_VALUE", "LISTAGG", "PERCENTILE", "UNNEST"];

    [Fact]
    public void What_is_advised_instead_of_a_function_of_other_databases_is_there_and_the_function_is_not() => Assert.All(CallAdvice.Elsewhere, advice =>
    {
        Assert.DoesNotContain(advice.Key, FunctionCatalog.Names);
        Assert.All(Calls().Matches(advice.Value), call => Assert.Contains(call.Groups[1].Value, FunctionCatalog.Names.Concat(Others)));
    });

    [GeneratedRegex(@"\b([A-Z_]+) ?\(")]
    private static partial Regex Calls();
}
