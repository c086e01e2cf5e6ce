-- All bids, with the price in another currency.
SELECT auction, bidder, price * 0.908 AS euros, moment, extra FROM bids
