-- Questions of the Nexmark kind: windows, joins, the best of a group.
CREATE VIEW bid AS SELECT bid.auction, bid.bidder, bid.price, `dateTime` FROM events WHERE event_type = 2;

INSERT INTO q5
SELECT AuctionBids.auction, AuctionBids.num
FROM (
  SELECT auction, COUNT(*) AS num, HOP_START(`dateTime`, INTERVAL '2' SECOND, INTERVAL '10' SECOND) AS starttime
  FROM bid
  GROUP BY auction, HOP(`dateTime`, INTERVAL '2' SECOND, INTERVAL '10' SECOND)
) AS AuctionBids
JOIN (
  SELECT MAX(CountBids.num) AS maxn, CountBids.window_start
  FROM (
    SELECT COUNT(*) AS num, window_start, window_end
    FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
    GROUP BY auction, window_start, window_end
  ) AS CountBids
  GROUP BY CountBids.window_start
) AS MaxBids
ON AuctionBids.starttime = MaxBids.window_start AND AuctionBids.num >= MaxBids.maxn;

INSERT INTO q13
SELECT B.auction, B.price, S.`value`
FROM (SELECT *, PROCTIME() AS p_time FROM bid) B
LEFT JOIN side_input /*+ OPTIONS('lookup.cache' = 'PARTIAL') */ FOR SYSTEM_TIME AS OF B.p_time AS S
ON MOD(B.auction, 10000) = S.key;

INSERT INTO q19
WITH ranked (a, p, n) AS (
  SELECT auction, price, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC NULLS LAST) FROM bid
)
SELECT a, p, n FROM ranked WHERE n <= 10 AND a IN (SELECT id FROM auction)
UNION ALL
(SELECT 0, MAX(price), COUNT(*) FROM bid HAVING COUNT(*) > (SELECT COUNT(*) FROM auction) ORDER BY 1 LIMIT 1);
