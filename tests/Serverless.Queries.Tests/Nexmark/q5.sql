-- The auctions with the most bids of ten seconds, every two seconds.
WITH counts AS (
  SELECT auction, COUNT(*) AS bids, window_start, window_end
  FROM TABLE(HOP(TABLE bids, DESCRIPTOR(moment), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY window_start, window_end, auction
)
SELECT c.auction, c.bids, c.window_end
FROM counts c
JOIN (SELECT MAX(bids) AS most, window_start, window_end FROM counts GROUP BY window_start, window_end) m
ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.bids >= m.most
