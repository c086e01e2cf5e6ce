using System.Globalization;

namespace Serverless.Connectors.Nexmark;

/// <summary>
/// Events in the proportions and distributions of the Nexmark benchmark (github.com/nexmark/nexmark): of 50 events one is a person, three are auctions and 46 are bids; half of
/// the bids go to the hot auction of the moment, three of four bidders and sellers are the hot ones. An event follows from the seed and its number alone.
/// </summary>
/// <param name="seed">The seed.</param>
/// <param name="eventsPerSecond">How many events happen in a second of their time.</param>
/// <param name="start">When the first one happens.</param>
public sealed class NexmarkGenerator(int seed, int eventsPerSecond, DateTime start)
{
    private const int Persons = 1;
    private const int Auctions = 3;
    private const int Period = 50;
    private const long FirstId = 1000;
    private const long FirstCategory = 10;
    private const int Categories = 5;
    private const int HotSpan = 100;
    private const int Lead = 10;
    private const int ActivePersons = 1000;
    private const int OpenAuctions = 100;
    private const int Channels = 10_000;

    private static readonly string[] FirstNames = ["Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"];
    private static readonly string[] LastNames = ["Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"];
    private static readonly string[] Cities = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"];
    private static readonly string[] States = ["AZ", "CA", "ID", "OR", "WA", "WY"];
    private static readonly string[] HotChannels = ["Google", "Facebook", "Baidu", "Apple"];

    /// <summary>Returns an event.</summary>
    /// <param name="number">Its number, from 0.</param>
    public NexmarkEvent Event(long number)
    {
        var random = new NexmarkRandom((ulong)seed, number);
        return (number % Period) switch
        {
            < Persons => Person(number, ref random),
            < Persons + Auctions => Auction(number, ref random),
            _ => Bid(number, ref random),
        };
    }

    private DateTime TimeOf(long number) => start.AddMilliseconds(number * 1000 / eventsPerSecond);

    /// <summary>The last person that there is when an event happens, from 0.</summary>
    private static long LastPerson(long number) => (number / Period * Persons) + Math.Min(number % Period, Persons - 1);

    /// <summary>The last auction that there is when an event happens, from 0; −1 before the first.</summary>
    private static long LastAuction(long number) => (number / Period * Auctions) + Math.Clamp((number % Period) - Persons, -1, Auctions - 1);

    // A few of them are yet to come: an event may come before what it is about.
    private static long AnyPerson(long number, ref NexmarkRandom random)
    {
        var count = LastPerson(number) + 1;
        var active = Math.Min(count, ActivePersons);
        return count - active + random.Next((int)active + Lead);
    }

    private static long AnyAuction(long number, ref NexmarkRandom random)
    {
        var last = LastAuction(number);
        var first = Math.Max(0, last - OpenAuctions);
        return first + random.Next((int)(last - first) + 1 + Lead);
    }

    private NexmarkPerson Person(long number, ref NexmarkRandom random)
    {
        var name = $"{FirstNames[random.Next(FirstNames.Length)]} {LastNames[random.Next(LastNames.Length)]}";
        var email = $"{Letters(ref random, 7, ' ')}@{Letters(ref random, 5, ' ')}.com";
        var card = string.Create(CultureInfo.InvariantCulture, $"{random.Next(10_000):0000} {random.Next(10_000):0000} {random.Next(10_000):0000} {random.Next(10_000):0000}");
        var (city, state) = (Cities[random.Next(Cities.Length)], States[random.Next(States.Length)]);
        var size = 8 + name.Length + email.Length + card.Length + city.Length + state.Length;
        return new NexmarkPerson(LastPerson(number) + FirstId, name, email, card, city, state, TimeOf(number), Extra(ref random, size, 200));
    }

    private NexmarkAuction Auction(long number, ref NexmarkRandom random)
    {
        var seller = random.Next(4) > 0 ? LastPerson(number) / HotSpan * HotSpan : AnyPerson(number, ref random);
        var category = FirstCategory + random.Next(Categories);
        var first = Price(ref random);
        // On average an auction is open until so many others have begun.
        var (time, horizon) = (TimeOf(number), (long)(TimeOf(number + (OpenAuctions * Period / Auctions)) - TimeOf(number)).TotalMilliseconds);
        var expires = time.AddMilliseconds(1 + random.Next((int)Math.Max(1, horizon * 2)));
        var (name, description) = (Letters(ref random, 20, ' '), Letters(ref random, 100, ' '));
        var reserve = first + Price(ref random);
        return new NexmarkAuction(
            LastAuction(number) + FirstId, name, description, first, reserve, time, expires, seller + FirstId, category, Extra(ref random, 48 + name.Length + description.Length, 500));
    }

    private NexmarkBid Bid(long number, ref NexmarkRandom random)
    {
        var auction = random.Next(2) > 0 ? LastAuction(number) / HotSpan * HotSpan : AnyAuction(number, ref random);
        // The second of the persons, so that the hot bidder is not the hot seller.
        var bidder = random.Next(4) > 0 ? (LastPerson(number) / HotSpan * HotSpan) + 1 : AnyPerson(number, ref random);
        var price = Price(ref random);
        var hot = random.Next(2) > 0 ? random.Next(HotChannels.Length) : -1;
        var channel = hot >= 0 ? -1 - hot : random.Next(Channels);
        return new NexmarkBid(
            auction + FirstId,
            bidder + FirstId,
            price,
            hot >= 0 ? HotChannels[hot] : string.Create(CultureInfo.InvariantCulture, $"channel-{channel}"),
            Url(channel),
            TimeOf(number),
            Extra(ref random, 32, 100));
    }

    /// <summary>The address of a channel, the same in all bids; nine of ten of those that are not hot say their number.</summary>
    private string Url(int channel)
    {
        var random = new NexmarkRandom((ulong)seed, -1 - (channel + (long)HotChannels.Length));
        var url = $"https://www.nexmark.com/{Letters(ref random, 5, '_')}/{Letters(ref random, 5, '_')}/{Letters(ref random, 5, '_')}/item.htm?query=1";
        return channel >= 0 && random.Next(10) > 0 ? string.Create(CultureInfo.InvariantCulture, $"{url}&channel_id={(uint)(channel * 2654435761) >> 1}") : url;
    }

    private static long Price(ref NexmarkRandom random) => (long)Math.Round(Math.Pow(10, random.NextDouble() * 6) * 100);

    private static string Letters(ref NexmarkRandom random, int longest, char special)
    {
        Span<char> text = stackalloc char[3 + random.Next(longest - 3)];
        for (var i = 0; i < text.Length; i++)
            text[i] = random.Next(13) == 0 ? special : (char)('a' + random.Next(26));
        return text.Trim().ToString();
    }

    // A fifth more or less than what is lacking.
    private static string Extra(ref NexmarkRandom random, int size, int wanted)
    {
        if (size > wanted)
            return "";
        var (missing, fifth) = (wanted - size, (int)Math.Round((wanted - size) * 0.2));
        Span<char> text = stackalloc char[missing - fifth + (fifth == 0 ? 0 : random.Next(2 * fifth))];
        for (var i = 0; i < text.Length; i++)
            text[i] = (char)('a' + random.Next(26));
        return text.ToString();
    }
}
