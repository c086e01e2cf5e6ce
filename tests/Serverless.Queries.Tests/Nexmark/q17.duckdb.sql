-- Bids on each auction and day: by range of price, lowest, highest, mean and sum.
SELECT auction, strftime(moment, '%Y-%m-%d') AS d, COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low_bids,
  COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS middle_bids,
  COUNT(*) FILTER (WHERE price >= 1000000) AS high_bids,
  MIN(price) AS lowest, MAX(price) AS highest, CAST(SUM(price) // COUNT(price) AS BIGINT) AS mean, SUM(price) AS total
FROM bids GROUP BY auction, strftime(moment, '%Y-%m-%d')
