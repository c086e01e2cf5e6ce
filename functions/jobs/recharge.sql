-- What each app's players have spent, per day: one row per app and day, corrected with every event.
--
-- {"appkey":"appkey1","servertime":"2020-09-30 14:10:36","consumenum":33.8,"roleid":"roleid1","serverid":"1"}

CREATE TEMPORARY TABLE kafka_game_consume_source (
  appkey STRING,
  servertime STRING,   -- yyyy-MM-dd HH:mm:ss
  consumenum DOUBLE,   -- what was spent
  roleid STRING,
  serverid STRING
) WITH (
  'connector' = 'kafka',
  'topic' = 'game_consume_log',
  'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
  'properties.group.id' = 'gamegroup',
  'properties.security.protocol' = '${KAFKA_SECURITY_PROTOCOL}',
  'properties.sasl.mechanism' = 'PLAIN',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="${KAFKA_USERNAME}" password="${KAFKA_PASSWORD}";',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE TEMPORARY TABLE consume (
  appkey STRING,
  serverid STRING,     -- of the last event
  servertime STRING,   -- of the last event
  roleid STRING,       -- of the last event
  amount DOUBLE,
  dt STRING,           -- the day, yyyy-MM-dd
  PRIMARY KEY (appkey, dt) NOT ENFORCED
) WITH (
  'connector' = 'hologres',
  'endpoint' = '${HOLOGRES_ENDPOINT}',
  'dbname' = '${HOLOGRES_DATABASE}',
  'tablename' = 'consume',
  'username' = '${HOLOGRES_USERNAME}',
  'password' = '${HOLOGRES_PASSWORD}',
  'mutatetype' = 'insertorreplace'
);

INSERT INTO consume
SELECT
  appkey,
  LAST_VALUE(serverid) AS serverid,
  LAST_VALUE(servertime) AS servertime,
  LAST_VALUE(roleid) AS roleid,
  SUM(consumenum) AS amount,
  SUBSTRING(servertime, 1, 10) AS dt
FROM kafka_game_consume_source
GROUP BY appkey, SUBSTRING(servertime, 1, 10)
HAVING SUM(consumenum) > 0;
