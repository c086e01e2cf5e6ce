-- Bids on each auction and day: by range of price, lowest, highest, mean and sum.
SELECT auction, DATE_FORMAT(moment, 'yyyy-MM-dd') AS d, COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low_bids,
  COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS middle_bids,
  COUNT(*) FILTER (WHERE price >= 1000000) AS high_bids,
  MIN(price) AS lowest, MAX(price) AS highest, AVG(price) AS mean, SUM(price) AS total
FROM bids GROUP BY auction, DATE_FORMAT(moment, 'yyyy-MM-dd')
