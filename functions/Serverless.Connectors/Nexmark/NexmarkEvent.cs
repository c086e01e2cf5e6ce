namespace Serverless.Connectors.Nexmark;

/// <summary>An event of an online auction house: a person, an auction or a bid.</summary>
/// <param name="Time">When it happened, UTC.</param>
/// <param name="Extra">Text that makes it as long as the benchmark wants it.</param>
public abstract record NexmarkEvent(DateTime Time, string Extra);

/// <summary>Someone who signs up.</summary>
public sealed record NexmarkPerson(long Id, string Name, string EmailAddress, string CreditCard, string City, string State, DateTime Time, string Extra) : NexmarkEvent(Time, Extra);

/// <summary>Something that is offered.</summary>
public sealed record NexmarkAuction(
    long Id, string ItemName, string Description, long InitialBid, long Reserve, DateTime Time, DateTime Expires, long Seller, long Category, string Extra) : NexmarkEvent(Time, Extra);

/// <summary>A bid on an auction.</summary>
public sealed record NexmarkBid(long Auction, long Bidder, long Price, string Channel, string Url, DateTime Time, string Extra) : NexmarkEvent(Time, Extra);
