-- All bids with their day and minute. (The benchmark writes them into files by these.)
SELECT auction, bidder, price, moment, extra, DATE_FORMAT(moment, 'yyyy-MM-dd') AS d, DATE_FORMAT(moment, 'HH:mm') AS m FROM bids
