SELECT auction, bidder, price, moment, extra, strftime(moment, '%Y-%m-%d'), strftime(moment, '%H:%M') FROM bids
