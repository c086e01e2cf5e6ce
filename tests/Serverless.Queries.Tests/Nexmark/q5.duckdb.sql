WITH counts AS (
  SELECT auction, COUNT(*) AS bids, time_bucket(INTERVAL '2' SECOND, moment, TIMESTAMP '1970-01-01') - k * INTERVAL '2' SECOND + INTERVAL '10' SECOND AS window_end
  FROM bids, range(5) AS k(k)
  GROUP BY ALL
)
SELECT auction, bids, window_end FROM counts QUALIFY bids = MAX(bids) OVER (PARTITION BY window_end)
