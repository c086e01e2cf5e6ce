// Databases of its own and a scheduler, without a network; in zones, which want instances that nobody asked for; capped.
using '../../../infra/main.bicep'

param name = 'games-dev'
param zoneRedundant = true
param maximumInstances = 5

param scheduler = {
  sku: 'Consumption'
}

param postgres = {
  tier: 'Burstable'
  sku: 'Standard_B1ms'
  storageSizeGB: 32
  database: 'games'
  settingNames: {
    endpoint: 'HOLOGRES_ENDPOINT'
    database: 'HOLOGRES_DATABASE'
    username: 'HOLOGRES_USERNAME'
    password: 'HOLOGRES_PASSWORD'
  }
}

param mysql = {
  tier: 'Burstable'
  sku: 'Standard_B1ms'
  storageSizeGB: 32
  database: 'pages'
  settingNames: {
    endpoint: 'RDS_ENDPOINT'
    database: 'RDS_DATABASE'
    username: 'RDS_USERNAME'
    password: 'RDS_PASSWORD'
  }
}

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
}

param secrets = {
  HOLOGRES_USERNAME: readEnvironmentVariable('HOLOGRES_USERNAME')
  HOLOGRES_PASSWORD: readEnvironmentVariable('HOLOGRES_PASSWORD')
  RDS_USERNAME: readEnvironmentVariable('RDS_USERNAME')
  RDS_PASSWORD: readEnvironmentVariable('RDS_PASSWORD')
}

param alerts = {
  emails: []
  healthFrequency: 300
  lag: 1000
  deadLetters: 1
  failedUpserts: 1
}
