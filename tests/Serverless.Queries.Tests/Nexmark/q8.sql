-- Who signed up and offered something in the same ten seconds.
SELECT p.id, p.name, p.window_start
FROM (
  SELECT id, name, window_start, window_end FROM TABLE(TUMBLE(TABLE persons, DESCRIPTOR(moment), INTERVAL '10' SECOND)) GROUP BY id, name, window_start, window_end
) p
JOIN (
  SELECT seller, window_start, window_end FROM TABLE(TUMBLE(TABLE auctions, DESCRIPTOR(moment), INTERVAL '10' SECOND)) GROUP BY seller, window_start, window_end
) a ON a.seller = p.id AND a.window_start = p.window_start AND a.window_end = p.window_end
