namespace Serverless.TestServers;

/// <summary>A certificate of a server's name, its key, and the certificate of the authority that signed it, all as PEM.</summary>
/// <param name="Authority">The authority's certificate.</param>
/// <param name="Certificate">The server's, with what leads from it to the authority's.</param>
/// <param name="Key">The server's key.</param>
public sealed record ServerCertificate(string Authority, string Certificate, string Key)
{
    /// <summary>Makes one of an authority of its own.</summary>
    /// <param name="address">The address that it is made out to.</param>
    public static ServerCertificate Make(string address)
    {
        using var authority = new CertificateAuthority();
        return authority.Sign(address);
    }
}
