-- The bid that wins each auction.
SELECT id, item, description, first_bid, reserve, moment, expires, seller, category, extra, auction, bidder, price, bid_at, bid_extra
FROM (
  SELECT a.*, b.auction, b.bidder, b.price, b.moment AS bid_at, b.extra AS bid_extra, ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.moment) AS place
  FROM auctions a JOIN bids b ON b.auction = a.id AND b.moment BETWEEN a.moment AND a.expires
)
WHERE place = 1
