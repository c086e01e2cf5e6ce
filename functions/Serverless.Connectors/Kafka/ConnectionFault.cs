namespace Serverless.Connectors.Kafka;

/// <summary>Why a connection to a broker fails, by what must be done about it.</summary>
internal enum ConnectionFault
{
    /// <summary>It is not about a connection.</summary>
    None,

    /// <summary>Nobody answers.</summary>
    Unreachable,

    /// <summary>The broker refuses the user or the password.</summary>
    Login,

    /// <summary>The broker takes other mechanisms.</summary>
    Mechanism,

    /// <summary>The broker has no users.</summary>
    NoUsers,

    /// <summary>The broker ends the connection of a client that has not logged in.</summary>
    LoginMissing,

    /// <summary>The client library has no token to log in with.</summary>
    Token,

    /// <summary>The broker's certificate is not trusted.</summary>
    Certificate,

    /// <summary>The broker does not trust the client's certificate, or has got none.</summary>
    ClientCertificate,

    /// <summary>The broker ends the connection of a client that speaks no TLS.</summary>
    TlsMissing,

    /// <summary>The broker speaks no TLS.</summary>
    NoTls,

    /// <summary>TLS fails otherwise.</summary>
    Tls,
}
