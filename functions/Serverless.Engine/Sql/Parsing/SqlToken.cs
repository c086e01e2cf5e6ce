namespace Serverless.Engine.Sql.Parsing;

/// <summary>The kinds of token. Keywords are words: which of them mean something depends on where they stand.</summary>
internal enum SqlToken
{
    Word,
    QuotedName,
    String,

    // x'0c'
    Bytes,

    // U&'caf\00e9'
    UnicodeString,
    Number,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    Comma,
    Dot,
    Semicolon,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concatenation,
    Arrow,
    HintStart,
    HintEnd,

    // What is no token of the language. The grammar has no place for these, so that the error names the first one it meets.
    Unknown,
    DoubleQuoted,
    MalformedNumber,
    UnterminatedString,
    UnterminatedName,
    UnterminatedComment,
}
