// Elastic Premium, with a limit below what the partitions would give work to.
using '../../../infra/main.bicep'

param plan = 'ElasticPremium'
param premiumSku = 'EP2'
param partitions = 24
param minimumInstances = 2
param maximumInstances = 10

param kafkaFunctions = ['ingest-pvuv', 'ingest-recharge']

param secretNames = [
  'KAFKA_USERNAME'
  'KAFKA_PASSWORD'
  'HOLOGRES_USERNAME'
  'HOLOGRES_PASSWORD'
  'RDS_USERNAME'
  'RDS_PASSWORD'
]

param settings = {
  KAFKA_BROKERS: readEnvironmentVariable('KAFKA_BROKERS')
  KAFKA_SECURITY_PROTOCOL: readEnvironmentVariable('KAFKA_SECURITY_PROTOCOL')
  HOLOGRES_ENDPOINT: readEnvironmentVariable('HOLOGRES_ENDPOINT')
  HOLOGRES_DATABASE: readEnvironmentVariable('HOLOGRES_DATABASE')
  RDS_ENDPOINT: readEnvironmentVariable('RDS_ENDPOINT')
  RDS_DATABASE: readEnvironmentVariable('RDS_DATABASE')
}

param alerts = {
  emails: ['someone@example.com', 'another@example.com']
  healthFrequency: 300
  lag: 1000
  deadLetters: 1
  failedUpserts: 1
}
