-- job pvuv (functions/jobs/pvuv.sql) writes 'result_cps_total_summary_pvuv_min'
CREATE TABLE IF NOT EXISTS `result_cps_total_summary_pvuv_min` (
  `summary_date` DATE NOT NULL,
  `summary_min` VARCHAR(255) NOT NULL,
  `pv` BIGINT,
  `uv` BIGINT,
  `currenttime` DATETIME(6),
  PRIMARY KEY (`summary_date`, `summary_min`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin;
