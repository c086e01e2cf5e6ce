// A small set-up to develop with: it scales to nothing, and everything is guarded by identity and TLS.
using 'main.bicep'

param name = 'serverless'

param tags = { project: 'serverless', stage: 'development' }

param alerts = {
  emails: []
  healthFrequency: 900
  lag: 100000
  deadLetters: 100
  failedUpserts: 100
}

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
