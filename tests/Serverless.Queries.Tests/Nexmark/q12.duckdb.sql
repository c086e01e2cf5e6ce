SELECT bidder, COUNT(*), time_bucket(INTERVAL '10' SECOND, arrived, TIMESTAMP '1970-01-01') AS s, s + INTERVAL '10' SECOND FROM bids GROUP BY bidder, s
