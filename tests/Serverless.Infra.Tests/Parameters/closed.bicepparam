// Everything there is, in a network that nothing answers from.
using '../../../infra/main.bicep'

param plan = 'ElasticPremium'
param zoneRedundant = true
param minimumInstances = 1
param recoverVault = true

param network = {
  addressPrefix: '10.30.0.0/22'
  publicHttp: false
}

param scheduler = {
  sku: 'Dedicated'
  capacity: 3
}

param postgres = {
  tier: 'GeneralPurpose'
  sku: 'Standard_D2ds_v5'
  storageSizeGB: 128
  database: 'games'
  settingNames: {
    endpoint: 'HOLOGRES_ENDPOINT'
    database: 'HOLOGRES_DATABASE'
    username: 'HOLOGRES_USERNAME'
    password: 'HOLOGRES_PASSWORD'
  }
}

param mysql = {
  tier: 'GeneralPurpose'
  sku: 'Standard_D2ads_v5'
  storageSizeGB: 128
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
  KAFKA_USERNAME: readEnvironmentVariable('KAFKA_USERNAME')
  KAFKA_PASSWORD: readEnvironmentVariable('KAFKA_PASSWORD')
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
