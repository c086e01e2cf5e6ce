// A set-up for production: a private network with one known address out, instances that are always there, and zones.
using 'main.bicep'

param name = 'serverless'

param tags = { project: 'serverless', stage: 'production' }

param partitions = 12
param minimumInstances = 2
param zoneRedundant = true

param network = {
  addressPrefix: '10.20.0.0/22'
  publicHttp: true
}

param alerts = {
  emails: filter(split(readEnvironmentVariable('ALERT_EMAILS', ''), ','), email => !empty(email))
  healthFrequency: 300
  lag: 60000
  deadLetters: 0
  failedUpserts: 10
}

param logRetentionDays = 90
param logQuotaGB = 10

// What the scripts name, as 'serverless-sql settings --for bicep' prints it: print it again when they change.
param kafkaFunctions = ['ingest-pvuv', 'ingest-recharge']

param settings = {
  KAFKA_BROKERS: readEnvironmentVariable('KAFKA_BROKERS')
  KAFKA_SECURITY_PROTOCOL: readEnvironmentVariable('KAFKA_SECURITY_PROTOCOL')
  RDS_ENDPOINT: readEnvironmentVariable('RDS_ENDPOINT')
  RDS_DATABASE: readEnvironmentVariable('RDS_DATABASE')
  HOLOGRES_ENDPOINT: readEnvironmentVariable('HOLOGRES_ENDPOINT')
  HOLOGRES_DATABASE: readEnvironmentVariable('HOLOGRES_DATABASE')
}

param secretNames = [
  'KAFKA_USERNAME'
  'KAFKA_PASSWORD'
  'RDS_USERNAME'
  'RDS_PASSWORD'
  'HOLOGRES_USERNAME'
  'HOLOGRES_PASSWORD'
]

// A variable that is not set leaves the key vault's secret as it is.
param secrets = {
  KAFKA_USERNAME: readEnvironmentVariable('KAFKA_USERNAME', '')
  KAFKA_PASSWORD: readEnvironmentVariable('KAFKA_PASSWORD', '')
  RDS_USERNAME: readEnvironmentVariable('RDS_USERNAME', '')
  RDS_PASSWORD: readEnvironmentVariable('RDS_PASSWORD', '')
  HOLOGRES_USERNAME: readEnvironmentVariable('HOLOGRES_USERNAME', '')
  HOLOGRES_PASSWORD: readEnvironmentVariable('HOLOGRES_PASSWORD', '')
}
