--数据的订单源表
CREATE TABLE source_ods_fact_log_track_action (
  account_id VARCHAR,
  --用户ID
  client_ip VARCHAR,
  --客户端IP
  client_info VARCHAR,
  --设备机型信息
  platform VARCHAR,
  --系统版本信息
  imei VARCHAR,
  --设备唯一标识
  `version` VARCHAR,
  --版本号
  `action` VARCHAR,
  --页面跳转描述
  gpm VARCHAR,
  --埋点链路
  c_time VARCHAR,
  --请求时间
  target_type VARCHAR,
  --目标类型
  target_id VARCHAR,
  --目标ID
  udata VARCHAR,
  --扩展信息,JSON格式
  session_id VARCHAR,
  --会话ID
  product_id_chain VARCHAR,
  --商品ID串
  cart_product_id_chain VARCHAR,
  --加购商品ID
  tag VARCHAR,
  --特殊标记
  `position` VARCHAR,
  --位置信息
  network VARCHAR,
  --网络使用情况
  p_dt VARCHAR,
  --时间分区天
  p_platform VARCHAR --系统版本信息
) WITH (
   'connector' = 'kafka',
   'topic' = 'game_consume_log',
   'properties.bootstrap.servers' = 'kafka.confluent.svc.cluster.local.c79f69095bc5d4d98b01136fe43e31b93:9071',
   'properties.group.id' = 'gamegroup',
   'format' = 'json',
   'properties.ssl.truststore.location' = '/flink/usrlib/truststore.jks',
   'properties.ssl.truststore.password' = '【your password】',
   'properties.security.protocol'='SASL_SSL',
   'properties.sasl.mechanism'='PLAIN',
   'properties.sasl.jaas.config'='org.apache.flink.kafka.shaded.org.apache.kafka.common.security.plain.PlainLoginModule required username="【your user name】" password="【your password】";'
);
--{"account_id":"id1","client_ip":"172.11.1.1","client_info":"mi10","p_dt":"2021-12-01","c_time":"2021-12-01 19:10:00"}
CREATE TABLE result_cps_total_summary_pvuv_min (
  summary_date date,
  --统计日期
  summary_min varchar,
  --统计分钟
  pv bigint,
  --点击量
  uv bigint,
  --一天内同个访客多次访问仅计算一个UV
  currenttime timestamp,
  --当前时间
  primary key (summary_date, summary_min)
) WITH (
  type = 'rds',
  url = 'jdbc:mysql://rm-【your rds clusterId】.mysql.rds.aliyuncs.com:3306/confluent_vvp',
  tableName = 'result_cps_total_summary_pvuv_min',
  userName = 'flink_confluent_vip',
  password = '【your rds password】'
);
CREATE VIEW result_cps_total_summary_pvuv_min_01 AS
select
  cast (p_dt as date) as summary_date --时间分区
  , count (client_ip) as pv --客户端的IP
  , count (distinct client_ip) as uv --客户端去重
  , cast (max (c_time) as TIMESTAMP) as c_time --请求的时间
from
  source_ods_fact_log_track_action
group
  by p_dt;
INSERT
  into result_cps_total_summary_pvuv_min
select
  a.summary_date,
  --时间分区
  cast (DATE_FORMAT (c_time, 'HH:mm') as varchar) as summary_min,
  --取出小时分钟级别的时间
  a.pv,
  a.uv,
  CURRENT_TIMESTAMP as currenttime --当前时间
from
  result_cps_total_summary_pvuv_min_01 AS a;
