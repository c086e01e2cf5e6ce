using System.Buffers.Binary;
using System.Text;
using Serverless.Engine.Ingest;

namespace Serverless.Engine.Formats;

/// <summary>Reads Avro's binary encoding.</summary>
internal ref struct AvroReader(ReadOnlySpan<byte> bytes)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private const int MostItems = 10_000_000;

    private ReadOnlySpan<byte> _left = bytes;

    /// <summary>Whether there is nothing left.</summary>
    public readonly bool IsAtEnd => _left.IsEmpty;

    /// <summary>Reads an int or a long: seven bits a byte, and the sign in the last bit.</summary>
    public long Long()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }

        throw Damaged();
    }

    /// <summary>Reads a boolean.</summary>
    public bool Boolean() => Take(1)[0] != 0;

    /// <summary>Reads a float.</summary>
    public float Float() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>Reads a double.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>Reads bytes with their length in front.</summary>
    public ReadOnlySpan<byte> Bytes() => Long() is >= 0 and <= int.MaxValue and var length ? Take((int)length) : throw Damaged();

    /// <summary>Reads a text.</summary>
    public string Text()
    {
        try
        {
            return Utf8.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Damaged();
        }
    }

    /// <summary>Reads a number of bytes.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _left.Length)
            throw Damaged();
        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }

    /// <summary>Reads a union's branch.</summary>
    public AvroSchema Branch(AvroSchema union) => Long() is >= 0 and var branch && branch < union.Branches.Count ? union.Branches[(int)branch] : throw Damaged();

    /// <summary>Passes by a value.</summary>
    public void Skip(AvroSchema schema)
    {
        switch (schema.Kind)
        {
            case AvroKind.Null: break;
            case AvroKind.Boolean: Take(1); break;
            case AvroKind.Int or AvroKind.Long or AvroKind.Enum: Long(); break;
            case AvroKind.Float: Take(sizeof(float)); break;
            case AvroKind.Double: Take(sizeof(double)); break;
            case AvroKind.Bytes or AvroKind.String: Bytes(); break;
            case AvroKind.Fixed: Take(schema.Size); break;
            case AvroKind.Union: Skip(Branch(schema)); break;
            case AvroKind.Record:
                foreach (var (_, type) in schema.Fields)
                    Skip(type);
                break;
            default:
                SkipBlocks(schema);
                break;
        }
    }

    /// <summary>Reads how many items the next block of an array or a map has; 0 behind the last.</summary>
    public long Block()
    {
        var count = Long();
        if (count < 0)
        {
            Long(); // the block's size in bytes
            count = -count;
        }

        // Even an item of no bytes takes memory.
        return count <= MostItems ? count : throw Damaged();
    }

    private void SkipBlocks(AvroSchema schema)
    {
        for (var count = Long(); count != 0; count = Long())
        {
            if (count < 0)
            {
                Bytes(); // its size in front lets a block be passed by as a whole
                continue;
            }

            for (var i = 0L; i < count; i++)
            {
                if (schema.Kind == AvroKind.Map)
                    Bytes();
                Skip(schema.Branches[0]);
                if (IsAtEnd && i < count - 1)
                    throw Damaged();
            }
        }
    }

    private static DecodeException Damaged() => new("the bytes end, or go on, where the schema does not: they were written with another one, or are not Avro (with a schema registry's five bytes in front the format is 'avro-confluent')");
}
