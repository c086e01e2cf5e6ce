-- The highest bids of every ten seconds.
SELECT b.auction, b.bidder, b.price, b.moment, b.extra
FROM bids b
JOIN (
  SELECT MAX(price) AS highest, window_end
  FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(moment), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end
) h ON h.highest = b.price
WHERE b.moment BETWEEN h.window_end - INTERVAL '10' SECOND AND h.window_end
