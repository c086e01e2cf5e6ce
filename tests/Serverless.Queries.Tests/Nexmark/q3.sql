-- Who of three states offers something of category 10.
SELECT p.name, p.city, p.state, a.id FROM persons p JOIN auctions a ON p.id = a.seller WHERE p.state IN ('OR', 'ID', 'CA') AND a.category = 10
