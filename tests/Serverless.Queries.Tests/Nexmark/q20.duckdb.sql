-- Bids with their auction, of category 10.
SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.moment, b.extra, a.item, a.description, a.first_bid, a.reserve, a.moment, a.expires, a.seller, a.category, a.extra
FROM bids b JOIN auctions a ON a.id = b.auction
WHERE a.category = 10
