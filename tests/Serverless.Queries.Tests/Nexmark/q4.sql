-- The mean of the winning prices of each category.
WITH won AS (
  SELECT a.id, a.category, MAX(b.price) AS price
  FROM auctions a JOIN bids b ON b.auction = a.id AND b.moment BETWEEN a.moment AND a.expires
  GROUP BY a.id, a.category
)
SELECT category, AVG(price) AS mean FROM won GROUP BY category
