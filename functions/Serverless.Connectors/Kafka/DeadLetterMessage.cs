using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Serverless.Engine.Ingest;

namespace Serverless.Connectors.Kafka;

/// <summary>
/// A dead letter as a record of a topic. Its value is the record's as it came, or the row as JSON (<see cref="DeadLetterFactory"/>); its headers are
/// <c>job</c>, <c>reason</c> and <c>topic</c>, and <c>partition</c> and <c>offset</c> of a record or <c>row</c>, its key, of a row.
/// </summary>
internal static class DeadLetterMessage
{
    /// <summary>Returns the record.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="topic">The source's topic, for a letter that names none.</param>
    public static Message<Null, byte[]> Of(DeadLetter letter, string topic)
    {
        var headers = new Headers();
        Add("job", letter.Job);
        Add("reason", letter.Reason);
        Add("topic", letter.Topic ?? topic);
        Add("partition", letter.Partition?.ToString(CultureInfo.InvariantCulture));
        Add("offset", letter.Offset?.ToString(CultureInfo.InvariantCulture));
        Add("row", letter.Row);
        return new Message<Null, byte[]> { Value = letter.Value, Headers = headers };

        void Add(string name, string? value)
        {
            if (value is not null)
                headers.Add(name, Encoding.UTF8.GetBytes(value));
        }
    }
}
