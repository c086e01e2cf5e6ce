SELECT DISTINCT p.id, p.name, time_bucket(INTERVAL '10' SECOND, p.moment, TIMESTAMP '1970-01-01')
FROM persons p JOIN auctions a
ON a.seller = p.id AND time_bucket(INTERVAL '10' SECOND, p.moment, TIMESTAMP '1970-01-01') = time_bucket(INTERVAL '10' SECOND, a.moment, TIMESTAMP '1970-01-01')
