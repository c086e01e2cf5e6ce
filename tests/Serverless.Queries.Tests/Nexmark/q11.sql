-- Bids of each bidder and session of activity.
SELECT bidder, COUNT(*) AS bids, SESSION_START(moment, INTERVAL '10' SECOND) AS since, SESSION_END(moment, INTERVAL '10' SECOND) AS until
FROM bids
GROUP BY bidder, SESSION(moment, INTERVAL '10' SECOND)
