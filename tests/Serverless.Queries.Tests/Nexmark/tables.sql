CREATE TABLE events (
  event_type INT,
  person ROW<id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING, `dateTime` TIMESTAMP(3), extra STRING>,
  auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, `dateTime` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3), extra STRING>,
  happened AS CASE event_type WHEN 0 THEN person.`dateTime` WHEN 1 THEN auction.`dateTime` ELSE bid.`dateTime` END,
  WATERMARK FOR happened AS happened - INTERVAL '4' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'nexmark', 'format' = 'json');

CREATE VIEW persons (id, name, email, card, city, state, moment, extra) AS
SELECT person.id, person.name, person.emailAddress, person.creditCard, person.city, person.state, happened, person.extra FROM events WHERE event_type = 0;

CREATE VIEW auctions (id, item, description, first_bid, reserve, moment, expires, seller, category, extra) AS
SELECT auction.id, auction.itemName, auction.description, auction.initialBid, auction.reserve, happened, auction.expires, auction.seller, auction.category, auction.extra
FROM events WHERE event_type = 1;

CREATE VIEW bids (auction, bidder, price, channel, url, moment, extra, arrived) AS
SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, happened, bid.extra, PROCTIME() FROM events WHERE event_type = 2;

-- Not all of the ten thousand keys have a value.
CREATE TABLE side_input (key BIGINT, `value` STRING) WITH ('connector' = 'jdbc', 'url' = 'jdbc:mysql://h/db', 'table-name' = 'side_input');
