-- All bids, as they are.
SELECT auction, bidder, price, moment, extra FROM bids
