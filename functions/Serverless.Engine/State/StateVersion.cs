namespace Serverless.Engine.State;

/// <summary>Refuses state of a version that this program does not read: one that a later program has written, or one that is too old.</summary>
internal static class StateVersion
{
    /// <summary>Returns the version that was found.</summary>
    /// <param name="found">The version of the bytes.</param>
    /// <param name="present">The version that this program writes.</param>
    /// <param name="oldest">The oldest version that it reads.</param>
    /// <param name="what">What the bytes are the state of, for messages.</param>
    /// <exception cref="InvalidDataException">The version is not read.</exception>
    public static byte Check(byte found, byte present, byte oldest, string what)
    {
        if (found > present)
            throw new InvalidDataException($"the state of {what} is of version {found}, and this program reads versions up to {present}: a later version of the program has written it");
        return found >= oldest ? found : throw new InvalidDataException($"the state of {what} is of version {found}, and this program reads versions from {oldest} on");
    }
}
