namespace Serverless.Connectors.Databases.Common;

/// <summary>What happens to a row that the query no longer returns. Names and meanings are those of Hologres' connector for Flink.</summary>
internal enum DeleteStrategy
{
    /// <summary>It is deleted: <c>DELETE_ROW_ON_PK</c> and <c>CHANGELOG_STANDARD</c>, which are the same if a row has one writer.</summary>
    Delete,

    /// <summary>It stays as it last was: <c>IGNORE_DELETE</c>.</summary>
    Ignore,

    /// <summary>All columns but the key's become NULL: <c>NON_PK_FIELD_TO_NULL</c>.</summary>
    SetNull,
}
