// For shops.sql, with the PostgreSQL server that its settings name.
using '../../../infra/main.bicep'

param kafkaFunctions = ['ingest-shops']

param settings = {
  KAFKA_BROKERS: readEnvironmentVariable('KAFKA_BROKERS')
}

param secretNames = [
  'POSTGRES_USERNAME'
  'POSTGRES_PASSWORD'
]

param secrets = {
  POSTGRES_USERNAME: readEnvironmentVariable('POSTGRES_USERNAME', '')
  POSTGRES_PASSWORD: readEnvironmentVariable('POSTGRES_PASSWORD', '')
}

param postgres = {
  tier: 'Burstable'
  sku: 'Standard_B1ms'
  storageSizeGB: 32
  database: 'shops'
  settingNames: {
    endpoint: 'POSTGRES_HOST'
    database: 'POSTGRES_DATABASE'
    username: 'POSTGRES_USERNAME'
    password: 'POSTGRES_PASSWORD'
  }
}

param alerts = {
  emails: []
  healthFrequency: 900
  lag: 100000
  deadLetters: 100
  failedUpserts: 100
}
