-- job recharge (functions/jobs/recharge.sql) writes 'consume'
BEGIN;
CREATE TABLE IF NOT EXISTS "consume" (
  "appkey" text NOT NULL,
  "serverid" text,
  "servertime" text,
  "roleid" text,
  "amount" double precision,
  "dt" text NOT NULL,
  PRIMARY KEY ("appkey", "dt")
);
-- By column, as charts and sums read: a write looks at the key's index alone.
CALL set_table_property('consume', 'orientation', 'column');
-- By the whole key: rows that are written together, such as those of one day, go to all shards.
CALL set_table_property('consume', 'distribution_key', 'appkey,dt');
COMMIT;
