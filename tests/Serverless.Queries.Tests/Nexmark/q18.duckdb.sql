SELECT auction, bidder, price, channel, url, moment, extra FROM bids QUALIFY ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY moment DESC, _order) = 1
