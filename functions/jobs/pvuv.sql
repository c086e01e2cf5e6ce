-- Page views and unique visitors of a day, minute by minute: each minute's row holds the day's counts up to it.
--
-- {"account_id":"id1","client_ip":"72.11.1.111","client_info":"mi10","p_dt":"2021-12-01","c_time":"2021-12-01 19:11:00"}

CREATE TABLE source_ods_fact_log_track_action (
  account_id VARCHAR,
  client_ip VARCHAR,
  client_info VARCHAR,           -- device model
  platform VARCHAR,
  imei VARCHAR,
  `version` VARCHAR,
  `action` VARCHAR,              -- the page that was opened
  gpm VARCHAR,
  c_time VARCHAR,                -- of the request, yyyy-MM-dd HH:mm:ss
  target_type VARCHAR,
  target_id VARCHAR,
  udata VARCHAR,                 -- more, as JSON
  session_id VARCHAR,
  product_id_chain VARCHAR,
  cart_product_id_chain VARCHAR,
  tag VARCHAR,
  `position` VARCHAR,
  network VARCHAR,
  p_dt VARCHAR,                  -- the day, yyyy-MM-dd
  p_platform VARCHAR
) WITH (
  'connector' = 'kafka',
  'topic' = 'pv-uv',
  'properties.bootstrap.servers' = '${KAFKA_BROKERS}',
  'properties.group.id' = 'gamegroup',
  'properties.security.protocol' = '${KAFKA_SECURITY_PROTOCOL}',
  'properties.sasl.mechanism' = 'PLAIN',
  'properties.sasl.jaas.config' = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="${KAFKA_USERNAME}" password="${KAFKA_PASSWORD}";',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

CREATE TABLE result_cps_total_summary_pvuv_min (
  summary_date DATE,
  summary_min VARCHAR,           -- HH:mm
  pv BIGINT,                     -- page views of the day so far
  uv BIGINT,                     -- visitors of the day so far, each counted once
  currenttime TIMESTAMP,         -- when the row was made
  PRIMARY KEY (summary_date, summary_min)
) WITH (
  type = 'rds',
  url = 'jdbc:mysql://${RDS_ENDPOINT}/${RDS_DATABASE}',
  tableName = 'result_cps_total_summary_pvuv_min',
  userName = '${RDS_USERNAME}',
  password = '${RDS_PASSWORD}'
);

CREATE VIEW result_cps_total_summary_pvuv_min_01 AS
SELECT
  CAST(p_dt AS DATE) AS summary_date,
  COUNT(client_ip) AS pv,
  COUNT(DISTINCT client_ip) AS uv,
  CAST(MAX(c_time) AS TIMESTAMP) AS c_time
FROM source_ods_fact_log_track_action
GROUP BY p_dt;

INSERT INTO result_cps_total_summary_pvuv_min
SELECT
  a.summary_date,
  CAST(DATE_FORMAT(c_time, 'HH:mm') AS VARCHAR) AS summary_min,
  a.pv,
  a.uv,
  CURRENT_TIMESTAMP AS currenttime
FROM result_cps_total_summary_pvuv_min_01 AS a;
