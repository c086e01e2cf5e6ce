-- The mean price of each seller's last eleven auctions that were won.
SELECT seller, AVG(price) OVER (PARTITION BY seller ORDER BY moment ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS mean
FROM (
  SELECT a.seller, b.price, b.moment, ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.moment) AS place
  FROM auctions a JOIN bids b ON b.auction = a.id AND b.moment BETWEEN a.moment AND a.expires
)
WHERE place = 1
