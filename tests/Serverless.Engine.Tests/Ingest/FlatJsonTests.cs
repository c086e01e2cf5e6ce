using System.Text;
using System.Text.Json;
using Serverless.Engine.Ingest;

namespace Serverless.Engine.Tests.Ingest;

public sealed class FlatJsonTests
{
    private const string Record = """ { "appkey" :"appkey1", "n":-12.50e+3 ,"t":true,"f":false,"z":null,"i":0,"城":"北京","e":"" } """;

    [Theory]
    [InlineData(Record)]
    [InlineData("{}")]
    [InlineData(" \t\r\n{\n} ")]
    [InlineData("""{"a":1}""")]
    public void It_reads_flat_objects_as_the_platforms_reader_does(string json)
    {
        var utf8 = Encoding.UTF8.GetBytes(json);

        Assert.Equal(OfPlatform(utf8), Of(utf8));
    }

    [Theory]
    [InlineData("""{"a":{}}""")]
    [InlineData("""{"a":[]}""")]
    [InlineData("""{"a":"\n"}""")]
    [InlineData("""{"\u0061":1}""")]
    [InlineData("""[1]""")]
    public void It_gives_up_on_what_is_not_flat(string json) => Assert.Null(Of(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void What_it_reads_of_damaged_records_is_what_the_platforms_reader_reads()
    {
        var random = new Random(1);
        var bytes = "{}[]:,\"\\ \t\n\u0001-+.0123eEtruefalsn"u8.ToArray();
        var read = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var json = Encoding.UTF8.GetBytes(Record).ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = random.Next(json.Count);
                switch (random.Next(3))
                {
                    case 0: json.RemoveAt(at); break;
                    case 1: json.Insert(at, bytes[random.Next(bytes.Length)]); break;
                    default: json[at] = random.Next(9) == 0 ? (byte)random.Next(256) : bytes[random.Next(bytes.Length)]; break;
                }
            }

            if (Of([.. json]) is not { } fields)
                continue;
            read++;
            Assert.Equal(OfPlatform([.. json]), fields);
        }

        Assert.InRange(read, 5_000, 45_000);
    }

    private static List<string>? Of(byte[] utf8)
    {
        var fields = new List<string>();
        var json = new FlatJson(utf8);
        while (json.Read())
            fields.Add($"{Convert.ToHexString(json.Name)} {json.Kind} {Convert.ToHexString(json.Value)}");
        return json.HasFailed ? null : fields;
    }

    /// <summary>The same of the platform's reader, which throws where the text is no JSON.</summary>
    private static List<string> OfPlatform(byte[] utf8)
    {
        var fields = new List<string>();
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        Assert.Equal(JsonTokenType.StartObject, reader.TokenType);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Convert.ToHexString(reader.ValueSpan);
            reader.Read();
            fields.Add($"{name} {reader.TokenType} {Convert.ToHexString(reader.ValueSpan)}");
        }

        Assert.False(reader.Read());
        return fields;
    }
}
