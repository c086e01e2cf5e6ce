SELECT bidder, COUNT(*), MIN(moment), MAX(moment) + INTERVAL '10' SECOND
FROM (
  SELECT *, SUM(starts) OVER (PARTITION BY bidder ORDER BY moment ROWS UNBOUNDED PRECEDING) AS session
  FROM (SELECT *, CASE WHEN moment - LAG(moment) OVER (PARTITION BY bidder ORDER BY moment) < INTERVAL '10' SECOND THEN 0 ELSE 1 END AS starts FROM bids)
)
GROUP BY bidder, session
