using Serverless.Engine.Values;

namespace Serverless.Engine.Sql.Binding;

/// <summary>What a query reads that names no table, <c>VALUES</c> or a <c>SELECT</c> without <c>FROM</c>: a source of one record, which comes once.</summary>
internal static class ValuesTable
{
    // Reserved, so that no table of a script has it by mistake.
    private const string Name = "VALUES";

    /// <summary>Returns the table.</summary>
    /// <param name="span">Where the query stands.</param>
    public static TableDefinition At(TextSpan span) => new(
        Name, span, [new TableColumn("row", SqlType.BigInt, false) { Span = span }], [], new TableOptions([Option("connector", "datagen", span), Option("number-of-rows", "1", span)]));

    /// <summary>Whether a table is such a source.</summary>
    public static bool Is(TableDefinition table) => table.Name == Name;

    private static TableOption Option(string name, string value, TextSpan span) => new(name, value, span, span);
}
