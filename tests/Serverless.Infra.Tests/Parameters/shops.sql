-- A job that is not ours: its database is PostgreSQL, and its brokers know no users.
CREATE TABLE orders (
  shop STRING,
  price DECIMAL(18, 2)
) WITH (
  'connector' = 'kafka',
  'topic' = 'orders',
  'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE TABLE orders_by_shop (
  shop STRING,
  total_price DECIMAL(38, 2),
  PRIMARY KEY (shop) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:postgresql://${POSTGRES_HOST}/${POSTGRES_DATABASE}',
  'table-name' = 'orders_by_shop',
  'username' = '${POSTGRES_USERNAME}',
  'password' = '${POSTGRES_PASSWORD}'
);

INSERT INTO orders_by_shop SELECT shop, SUM(price) FROM orders GROUP BY shop;
