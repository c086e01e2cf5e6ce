-- Bids by persons who offer something themselves, with both.
SELECT b.bidder, b.price, b.channel, b.url, b.extra, p.id, p.name, p.email, p.card, p.city, p.state, p.extra,
  a.item, a.description, a.first_bid, a.reserve, a.moment, a.expires, a.seller, a.category, a.extra
FROM bids b JOIN persons p ON p.id = b.bidder JOIN auctions a ON a.seller = b.bidder
