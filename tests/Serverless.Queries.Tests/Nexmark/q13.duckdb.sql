SELECT b.auction, b.bidder, b.price, b.moment, s.value
FROM bids b JOIN side_input s ON b.auction % 10000 = s.key
