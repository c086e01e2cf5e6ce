using Serverless.Engine.State;

namespace Serverless.Engine.Tests.State;

public sealed class PackedDictionaryTests
{
    [Fact]
    public void Whatever_is_put_removed_packed_and_opened_it_holds_what_a_dictionary_does()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var (packed, plain) = (new PackedDictionary(), new Dictionary<string, byte[]>());
            for (var step = 0; step < 500; step++)
            {
                var key = $"ключ {random.Next(60)}{new string('x', random.Next(20) == 0 ? 300 : 0)}";
                switch (random.Next(8))
                {
                    case < 4:
                        var value = new byte[random.Next(300)];
                        random.NextBytes(value);
                        packed[key] = plain[key] = value;
                        break;
                    case < 7:
                        Assert.Equal(plain.Remove(key), packed.Remove(key));
                        break;
                    default:
                        var bytes = packed.Pack();
                        Assert.Equal(packed.Count == 0 ? 0 : packed.Bytes + sizeof(int), bytes.Length);
                        packed = PackedDictionary.Open(bytes.ToArray());
                        break;
                }
                Assert.Equal(plain.Count, packed.Count);
                Assert.Equal(plain.GetValueOrDefault(key), packed.TryGetValue(key, out var found) ? found : null);
                Assert.Equal(plain.ContainsKey(key), packed.ContainsKey(key));
            }
            Assert.Equal(plain.OrderBy(e => e.Key, StringComparer.Ordinal), packed.OrderBy(e => e.Key, StringComparer.Ordinal));
            Assert.Equal(packed.Pack().ToArray(), new PackedDictionary(plain.Reverse()).Pack().ToArray());
        }
    }

    [Fact]
    public void Keys_of_one_hash_are_told_apart()
    {
        string[] keys = Collision();
        var packed = PackedDictionary.Open(new PackedDictionary(keys.Select((k, i) => KeyValuePair.Create(k, new[] { (byte)i }))).Pack());
        Assert.All(keys, (key, i) => Assert.Equal([(byte)i], packed[key]));
    }

    [Fact]
    public void Bytes_that_are_cut_off_are_damaged()
    {
        var bytes = new PackedDictionary([KeyValuePair.Create("a", new byte[] { 1, 2 }), KeyValuePair.Create("b", new byte[] { 3 })]).Pack().ToArray();
        for (var length = 1; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => PackedDictionary.Open(bytes.AsMemory(0, length)));
        Assert.Empty(PackedDictionary.Open(default));
    }

    // Two texts whose checksums are the same, found by trying.
    private static string[] Collision()
    {
        var seen = new Dictionary<uint, string>();
        for (var i = 0; ; i++)
        {
            var key = $"a row {i * 2_654_435_761L}";
            if (!seen.TryAdd(StateWriter.ChecksumOf(System.Text.Encoding.UTF8.GetBytes(key)), key))
                return [seen[StateWriter.ChecksumOf(System.Text.Encoding.UTF8.GetBytes(key))], key];
        }
    }
}
