SELECT a.id, a.item, a.description, a.first_bid, a.reserve, a.moment, a.expires, a.seller, a.category, a.extra, b.auction, b.bidder, b.price, b.moment, b.extra
FROM auctions a JOIN bids b ON b.auction = a.id AND b.moment BETWEEN a.moment AND a.expires
QUALIFY ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.moment, a._order, b._order) = 1
