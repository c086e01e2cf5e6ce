using System.Buffers.Binary;
using System.Numerics;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>SHA-224 (FIPS 180-4), which the platform does not have: SHA-256 with another beginning, cut short.</summary>
internal static class Sha224
{
    // The first 64 primes' cube roots, as SHA-256 has them.
    private static readonly uint[] Constants = MakeConstants();

    public static byte[] Hash(ReadOnlySpan<byte> text)
    {
        uint[] state = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];
        var padded = new byte[(text.Length + 9 + 63) / 64 * 64];
        text.CopyTo(padded);
        padded[text.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(padded.AsSpan(padded.Length - 8), text.Length * 8L);
        Span<uint> words = stackalloc uint[64];
        for (var block = 0; block < padded.Length; block += 64)
            Add(state, padded.AsSpan(block, 64), words);
        var digest = new byte[28];
        for (var i = 0; i < 7; i++)
            BinaryPrimitives.WriteUInt32BigEndian(digest.AsSpan(i * 4), state[i]);
        return digest;
    }

    private static void Add(uint[] state, ReadOnlySpan<byte> block, Span<uint> words)
    {
        for (var i = 0; i < 16; i++)
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 64; i++)
        {
            var (w15, w2) = (words[i - 15], words[i - 2]);
            words[i] = unchecked(words[i - 16] + (BitOperations.RotateRight(w15, 7) ^ BitOperations.RotateRight(w15, 18) ^ (w15 >> 3))
                + words[i - 7] + (BitOperations.RotateRight(w2, 17) ^ BitOperations.RotateRight(w2, 19) ^ (w2 >> 10)));
        }

        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var i = 0; i < 64; i++)
        {
            var first = unchecked(h + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25)) + ((e & f) ^ (~e & g)) + Constants[i] + words[i]);
            var second = unchecked((BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22)) + ((a & b) ^ (a & c) ^ (b & c)));
            (h, g, f, e, d, c, b, a) = (g, f, e, unchecked(d + first), c, b, a, unchecked(first + second));
        }

        uint[] changes = [a, b, c, d, e, f, g, h];
        for (var i = 0; i < 8; i++)
            state[i] = unchecked(state[i] + changes[i]);
    }

    // The first 32 bits of the fractions of the cube roots: floor(cbrt(p) · 2³²) without its whole part, by integers.
    private static uint[] MakeConstants()
    {
        var constants = new List<uint>();
        for (var candidate = 2; constants.Count < 64; candidate++)
        {
            var isPrime = true;
            for (var divisor = 2; divisor * divisor <= candidate && isPrime; divisor++)
                isPrime = candidate % divisor != 0;
            if (!isPrime)
                continue;
            var target = (BigInteger)candidate << 96;
            var root = (BigInteger)(Math.Cbrt(candidate) * 4294967296.0);
            while (root * root * root > target)
                root--;
            while ((root + 1) * (root + 1) * (root + 1) <= target)
                root++;
            constants.Add((uint)(root & uint.MaxValue));
        }

        return [.. constants];
    }
}
