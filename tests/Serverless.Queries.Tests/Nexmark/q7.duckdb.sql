SELECT b.auction, b.bidder, b.price, b.moment, b.extra
FROM bids b
JOIN (SELECT MAX(price) AS highest, time_bucket(INTERVAL '10' SECOND, moment, TIMESTAMP '1970-01-01') + INTERVAL '10' SECOND AS window_end FROM bids GROUP BY window_end) h
ON h.highest = b.price AND b.moment BETWEEN h.window_end - INTERVAL '10' SECOND AND h.window_end
