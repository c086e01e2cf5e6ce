using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Serverless.Connectors.Nexmark;

/// <summary>Nexmark's events as JSON: <c>event_type</c> (0 a person, 1 an auction, 2 a bid), and the event as an object of that name.</summary>
public static class NexmarkJson
{
    /// <summary>Returns an event as a line, without its end.</summary>
    public static byte[] Of(NexmarkEvent nexmark)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        switch (nexmark)
        {
            case NexmarkPerson person:
                json.WriteNumber("event_type", 0);
                json.WriteStartObject("person");
                json.WriteNumber("id", person.Id);
                json.WriteString("name", person.Name);
                json.WriteString("emailAddress", person.EmailAddress);
                json.WriteString("creditCard", person.CreditCard);
                json.WriteString("city", person.City);
                json.WriteString("state", person.State);
                break;
            case NexmarkAuction auction:
                json.WriteNumber("event_type", 1);
                json.WriteStartObject("auction");
                json.WriteNumber("id", auction.Id);
                json.WriteString("itemName", auction.ItemName);
                json.WriteString("description", auction.Description);
                json.WriteNumber("initialBid", auction.InitialBid);
                json.WriteNumber("reserve", auction.Reserve);
                json.WriteString("expires", TextOf(auction.Expires));
                json.WriteNumber("seller", auction.Seller);
                json.WriteNumber("category", auction.Category);
                break;
            case NexmarkBid bid:
                json.WriteNumber("event_type", 2);
                json.WriteStartObject("bid");
                json.WriteNumber("auction", bid.Auction);
                json.WriteNumber("bidder", bid.Bidder);
                json.WriteNumber("price", bid.Price);
                json.WriteString("channel", bid.Channel);
                json.WriteString("url", bid.Url);
                break;
        }

        json.WriteString("dateTime", TextOf(nexmark.Time));
        json.WriteString("extra", nexmark.Extra);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string TextOf(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
