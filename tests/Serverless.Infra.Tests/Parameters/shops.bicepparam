// For shops.sql alone, as docs/your-job-on-azure.md makes it.
using '../../../infra/main.bicep'

param alerts = {
  emails: []
  healthFrequency: 900
  lag: 100000
  deadLetters: 100
  failedUpserts: 100
}

// What the scripts name, as 'serverless-sql settings --for bicep' prints it: print it again when they change.
param kafkaFunctions = ['ingest-shops']

param settings = {
  KAFKA_BROKERS: readEnvironmentVariable('KAFKA_BROKERS')
  POSTGRES_HOST: readEnvironmentVariable('POSTGRES_HOST')
  POSTGRES_DATABASE: readEnvironmentVariable('POSTGRES_DATABASE')
}

param secretNames = [
  'POSTGRES_USERNAME'
  'POSTGRES_PASSWORD'
]

// A variable that is not set leaves the key vault's secret as it is.
param secrets = {
  POSTGRES_USERNAME: readEnvironmentVariable('POSTGRES_USERNAME', '')
  POSTGRES_PASSWORD: readEnvironmentVariable('POSTGRES_PASSWORD', '')
}
