-- The last bid of each bidder on each auction.
SELECT auction, bidder, price, channel, url, moment, extra
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY moment DESC) AS place FROM bids)
WHERE place = 1
