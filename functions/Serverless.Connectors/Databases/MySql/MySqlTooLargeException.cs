namespace Serverless.Connectors.Databases.MySql;

/// <summary>A statement that is larger than the server takes.</summary>
/// <param name="bytes">How large it is.</param>
/// <param name="most">What the server takes.</param>
internal sealed class MySqlTooLargeException(long bytes, long most)
    : Exception($"{bytes} bytes are more than the server takes in a statement, {most}; raise its max_allowed_packet");
