SELECT seller, CAST(SUM(price) OVER w // COUNT(price) OVER w AS BIGINT)
FROM (
  SELECT a.seller, b.price, b.moment, a._order AS o1, b._order AS o2
  FROM auctions a JOIN bids b ON b.auction = a.id AND b.moment BETWEEN a.moment AND a.expires
  QUALIFY ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.moment, a._order, b._order) = 1
)
WINDOW w AS (PARTITION BY seller ORDER BY moment, o1, o2 ROWS BETWEEN 10 PRECEDING AND CURRENT ROW)
