CREATE TABLE orders (
  shop STRING,
  product STRING,
  price DECIMAL(10, 2),
  quantity INT,
  ordered TIMESTAMP(3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE TABLE sales (
  shop STRING,
  sold DATE,
  orders BIGINT,
  products BIGINT,
  revenue DECIMAL(38, 2),
  PRIMARY KEY (shop, sold) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:mysql://${MYSQL_HOST}:3306/shop',
  'table-name' = 'sales',
  'username' = '${MYSQL_USER}',
  'password' = '${MYSQL_PASSWORD}'
);

INSERT INTO sales
SELECT shop, CAST(ordered AS DATE), COUNT(*), COUNT(DISTINCT product), SUM(price * quantity)
FROM orders
WHERE quantity > 0
GROUP BY shop, CAST(ordered AS DATE);
