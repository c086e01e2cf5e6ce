-- Bids of a range of prices, with the time of day in words and how often a letter stands in their text. (The benchmark counts it with a function of its own.)
SELECT auction, bidder, price * 0.908 AS euros,
  CASE WHEN hour(moment) BETWEEN 8 AND 18 THEN 'day' WHEN hour(moment) <= 6 OR hour(moment) >= 20 THEN 'night' ELSE 'other' END AS part,
  moment, extra, length(extra) - length(REPLACE(extra, 'c', '')) AS letters
FROM bids
WHERE price * 0.908 > 1000000 AND price * 0.908 < 50000000
