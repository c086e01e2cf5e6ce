CREATE TABLE events (
  app STRING, dt DATE, flag BOOLEAN, tiny TINYINT, small SMALLINT, whole INT, wide BIGINT, money DECIMAL(20, 4), fine DECIMAL(38, 35), single FLOAT, twice DOUBLE,
  short VARCHAR(10), long VARCHAR(100000), digest VARBINARY(16), data BYTES, clock TIME(3), ts TIMESTAMP(3), ts0 TIMESTAMP(0), instant TIMESTAMP_LTZ(3)
) WITH ('connector' = 'filesystem', 'path' = 'events.jsonl', 'format' = 'json');

CREATE VIEW rows_of AS SELECT
  app, dt, LAST_VALUE(flag) AS flag, LAST_VALUE(tiny) AS tiny, LAST_VALUE(small) AS small, LAST_VALUE(whole) AS whole, COUNT(*) AS wide, LAST_VALUE(money) AS money,
  LAST_VALUE(fine) AS fine, LAST_VALUE(single) AS single, LAST_VALUE(twice) AS twice, LAST_VALUE(short) AS short, LAST_VALUE(long) AS long, LAST_VALUE(digest) AS digest,
  LAST_VALUE(data) AS data, LAST_VALUE(clock) AS clock, LAST_VALUE(ts) AS ts, LAST_VALUE(ts0) AS ts0, LAST_VALUE(instant) AS instant
FROM events GROUP BY app, dt;

CREATE TABLE in_hologres (
  app STRING, dt DATE, flag BOOLEAN, tiny TINYINT, small SMALLINT, whole INT, wide BIGINT NOT NULL, money DECIMAL(20, 4), fine DECIMAL(38, 35), single FLOAT, twice DOUBLE,
  short VARCHAR(10), long VARCHAR(100000), digest VARBINARY(16), data BYTES, clock TIME(3), ts TIMESTAMP(3), ts0 TIMESTAMP(0), instant TIMESTAMP_LTZ(3), PRIMARY KEY (app, dt) NOT ENFORCED
) WITH (
  'connector' = 'hologres', 'endpoint' = '${HOLOGRES_ENDPOINT}', 'dbname' = '${HOLOGRES_DATABASE}', 'tablename' = 'dm."Rows"', 'username' = '${HOLOGRES_USERNAME}',
  'password' = '${HOLOGRES_PASSWORD}', 'sink.version-column' = 'version'
);
INSERT INTO in_hologres SELECT * FROM rows_of;

CREATE TABLE in_mysql (
  app STRING, dt DATE, flag BOOLEAN, tiny TINYINT, small SMALLINT, whole INT, wide BIGINT NOT NULL, money DECIMAL(20, 4), fine DECIMAL(38, 35), single FLOAT, twice DOUBLE,
  short VARCHAR(10), long VARCHAR(100000), digest VARBINARY(16), data BYTES, clock TIME(3), ts TIMESTAMP(3), ts0 TIMESTAMP(0), instant TIMESTAMP_LTZ(3), PRIMARY KEY (app, dt) NOT ENFORCED
) WITH (
  'connector' = 'mysql', 'hostname' = '${RDS_HOST}', 'database-name' = '${RDS_DATABASE}', 'table-name' = 'dm.rows', 'username' = '${RDS_USERNAME}', 'password' = '${RDS_PASSWORD}',
  'sink.version-column' = 'version'
);
INSERT INTO in_mysql SELECT * FROM rows_of;

CREATE TABLE in_postgresql (app STRING, number BIGINT, PRIMARY KEY (app) NOT ENFORCED) WITH (
  'connector' = 'jdbc', 'url' = 'jdbc:postgresql://${PG_HOST}/${PG_DATABASE}', 'table-name' = 'public.numbers', 'username' = '${PG_USERNAME}', 'password' = '${PG_PASSWORD}'
);
INSERT INTO in_postgresql SELECT app, COUNT(*) FROM events WHERE app = 'a' GROUP BY app;
INSERT INTO in_postgresql SELECT app, COUNT(*) FROM events WHERE app = 'b' GROUP BY app;

CREATE TABLE printed (app STRING, number BIGINT) WITH ('connector' = 'print');
INSERT INTO printed SELECT app, COUNT(*) FROM events GROUP BY app;
