-- The ten highest bids on each auction.
SELECT auction, bidder, price, channel, url, moment, extra, place
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS place FROM bids)
WHERE place <= 10
