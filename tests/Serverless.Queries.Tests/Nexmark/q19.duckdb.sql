SELECT auction, bidder, price, channel, url, moment, extra, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, _order) AS place FROM bids QUALIFY place <= 10
