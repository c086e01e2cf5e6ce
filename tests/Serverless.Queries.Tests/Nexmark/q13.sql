-- Bids with a value that a table beside the stream has for their auction.
SELECT b.auction, b.bidder, b.price, b.moment, s.`value`
FROM bids b JOIN side_input FOR SYSTEM_TIME AS OF b.arrived AS s ON MOD(b.auction, 10000) = s.key
