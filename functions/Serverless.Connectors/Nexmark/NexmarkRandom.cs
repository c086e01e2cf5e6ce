namespace Serverless.Connectors.Nexmark;

/// <summary>Random numbers of one event: SplitMix64 (Steele, Lea, Flood, 2014), so that an event is known by the seed and its number alone.</summary>
internal struct NexmarkRandom(ulong seed, long number)
{
    private ulong _state = Mixed(seed ^ Mixed((ulong)number + 0x9E3779B97F4A7C15));

    /// <summary>A number from zero to a limit, which is no part of it.</summary>
    public int Next(int limit) => (int)(((UInt128)Bits() * (ulong)limit) >> 64);

    /// <summary>A number from zero to one, which is no part of it.</summary>
    public double NextDouble() => (Bits() >> 11) * (1.0 / (1L << 53));

    private ulong Bits() => Mixed(_state += 0x9E3779B97F4A7C15);

    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
