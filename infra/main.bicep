// All that the jobs need on Azure, in one resource group.
import { zones } from 'modules/clouds.bicep'
import { Alerts, Database, Network, Scheduler, Secrets, Settings, Tags } from 'modules/types.bicep'

@description('Where everything is.')
param location string = resourceGroup().location

@description('What names start with: letters, digits and hyphens.')
@minLength(2)
@maxLength(12)
param name string = 'serverless'

param tags Tags = {}

@description('Flex Consumption: pays for what runs, each Kafka function scales by itself. Elastic Premium: instances by the hour, all functions on each.')
param plan 'FlexConsumption' | 'ElasticPremium' = 'FlexConsumption'

@description('The memory of a Flex Consumption instance; in 512 MB the host, the worker and a batch do not fit.')
param instanceMemoryMB 2048 | 4096 = 2048

@description('The size of an Elastic Premium instance.')
param premiumSku 'EP1' | 'EP2' | 'EP3' = 'EP1'

@description('The functions that read Kafka: ingest- and the job\'s name, as serverless-sql settings prints them.')
param kafkaFunctions string[]

@description('The most partitions of a topic. One instance reads a partition at a time, so more instances than that have nothing to read.')
@minValue(1)
param partitions int = 3

@description('The partitions of the task hub: host.json\'s durableTask.storageProvider.partitionCount.')
@minValue(1)
@maxValue(16)
param hubPartitions int = 8

@description('The task hub: host.json\'s durableTask.hubName.')
param hubName string = 'ServerlessHub'

@description('Instances that are always there: of Elastic Premium for the app, of Flex Consumption for the entities and for each Kafka function. With zones at least 3 and 2.')
@minValue(0)
@maxValue(20)
param minimumInstances int = 0

@description('The most instances, to cap costs: of Elastic Premium for the app, of Flex Consumption for each group of functions, those that are always there apart. Never more than partitions give work to, which is what it is without a value.')
@minValue(1)
param maximumInstances int?

@description('Whether plan, storage and databases are spread over zones.')
param zoneRedundant bool = false

@description('Plain app settings: the \${…} of the jobs that are no secrets, as serverless-sql settings prints them.')
param settings Settings

@description('The \${…} of the jobs that are secrets, as serverless-sql settings prints them; they live in the key vault.')
param secretNames string[]

@description('Values for the key vault by name; one that is missing or empty leaves the vault as it is.')
param secrets Secrets = {}

@description('Whether to take back a key vault that was deleted here less than 90 days ago.')
param recoverVault bool = false

@description('A virtual network with private endpoints; none, and services are guarded by identity and TLS alone.')
param network Network?

@description('A Durable Task Scheduler for the task hub; none, and it is in the storage account.')
param scheduler Scheduler?

@description('A PostgreSQL server for the jobs that write to one, or in place of Hologres.')
param postgres Database?

@description('A MySQL server for the jobs that write to one, or in place of RDS.')
param mysql Database?

param alerts Alerts

@description('For how many days logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('The most GB of logs a day; -1 for no end.')
param logQuotaGB int = 1

var unique = uniqueString(resourceGroup().id, name)
var full = '${name}-${unique}'
var short = replace(name, '-', '')
var premium = plan == 'ElasticPremium'
var private = network != null
var publicHttp = network.?publicHttp ?? true

// Zones ask for some instances in several of them.
var ready = zoneRedundant ? max(minimumInstances, premium ? 3 : 2) : minimumInstances

// The widest of topic and task hub says how many instances have work: on Elastic Premium every instance runs everything, and on Flex Consumption the limit
// is that of each Kafka function, of the entities and of HTTP, which have instances of their own.
var useful = max(partitions, hubPartitions)
var instances = max(min(maximumInstances ?? useful, useful), ready, 1)

module identity 'modules/identity.bicep' = {
  params: {
    name: full
    location: location
    tags: tags
  }
}

module workspace 'modules/workspace.bicep' = {
  params: {
    name: full
    location: location
    tags: tags
    retentionInDays: logRetentionDays
    dailyQuotaGB: logQuotaGB
  }
}

module insights 'modules/insights.bicep' = {
  params: {
    name: full
    location: location
    tags: tags
    workspaceId: workspace.outputs.id
    principalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  params: {
    name: take('${short}${unique}', 24)
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    private: private
    principalId: identity.outputs.principalId
    workspaceId: workspace.outputs.id
  }
}

module vault 'modules/vault.bicep' = {
  params: {
    name: take('kv${unique}${short}', 24)
    location: location
    tags: tags
    private: private
    recover: recoverVault
    secretNames: secretNames
    secrets: secrets
    principalId: identity.outputs.principalId
    workspaceId: workspace.outputs.id
  }
}

module taskHub 'modules/scheduler.bicep' = if (scheduler != null) {
  params: {
    name: full
    location: location
    tags: tags
    hub: hubName
    settings: scheduler!
    private: private
    principalId: identity.outputs.principalId
    clientId: identity.outputs.clientId
    workspaceId: workspace.outputs.id
  }
}

module virtualNetwork 'modules/network.bicep' = if (network != null) {
  params: {
    name: full
    location: location
    tags: tags
    addressPrefix: network!.addressPrefix
    delegation: premium ? 'Microsoft.Web/serverFarms' : 'Microsoft.App/environments'
    workspaceId: workspace.outputs.id
  }
}

module postgresServer 'modules/postgres.bicep' = if (postgres != null) {
  params: {
    name: '${full}-pg'
    location: location
    tags: tags
    settings: postgres!
    zoneRedundant: zoneRedundant
    private: private
    login: secrets[?postgres!.settingNames.username] ?? ''
    password: secrets[?postgres!.settingNames.password] ?? ''
    workspaceId: workspace.outputs.id
  }
}

module mysqlServer 'modules/mysql.bicep' = if (mysql != null) {
  params: {
    name: '${full}-my'
    location: location
    tags: tags
    settings: mysql!
    zoneRedundant: zoneRedundant
    private: private
    login: secrets[?mysql!.settingNames.username] ?? ''
    password: secrets[?mysql!.settingNames.password] ?? ''
    workspaceId: workspace.outputs.id
  }
}

module storageEndpoints 'modules/private-endpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: if (network != null) {
    params: {
      name: '${full}-${service}'
      location: location
      tags: tags
      resourceId: storage.outputs.id
      group: service
      zone: 'privatelink.${service}.${environment().suffixes.storage}'
      networkId: virtualNetwork!.outputs.id
      subnetId: virtualNetwork!.outputs.endpointSubnetId
    }
  }
]

module vaultEndpoint 'modules/private-endpoint.bicep' = if (network != null) {
  params: {
    name: '${full}-vault'
    location: location
    tags: tags
    resourceId: vault.outputs.id
    group: 'vault'
    zone: 'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
  }
}

module schedulerEndpoint 'modules/private-endpoint.bicep' = if (network != null && scheduler != null) {
  params: {
    name: '${full}-scheduler'
    location: location
    tags: tags
    resourceId: taskHub!.outputs.id
    group: 'scheduler'
    zone: 'privatelink.durabletask.io'
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
  }
}

module postgresEndpoint 'modules/private-endpoint.bicep' = if (network != null && postgres != null) {
  params: {
    name: '${full}-pg'
    location: location
    tags: tags
    resourceId: postgresServer!.outputs.id
    group: 'postgresqlServer'
    zone: zones[environment().name].postgres
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
  }
}

module mysqlEndpoint 'modules/private-endpoint.bicep' = if (network != null && mysql != null) {
  params: {
    name: '${full}-my'
    location: location
    tags: tags
    resourceId: mysqlServer!.outputs.id
    group: 'mysqlServer'
    zone: zones[environment().name].mysql
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
  }
}

module appEndpoint 'modules/private-endpoint.bicep' = if (network != null && !publicHttp) {
  params: {
    name: '${full}-app'
    location: location
    tags: tags
    resourceId: app.outputs.id
    group: 'sites'
    zone: zones[environment().name].functions
    networkId: virtualNetwork!.outputs.id
    subnetId: virtualNetwork!.outputs.endpointSubnetId
  }
}

module appPlan 'modules/plan.bicep' = {
  params: {
    name: full
    location: location
    tags: tags
    kind: plan
    premiumSku: premiumSku
    maximumPremiumInstances: premium ? instances : 1
    zoneRedundant: zoneRedundant
    workspaceId: workspace.outputs.id
  }
}

module app 'modules/app.bicep' = {
  params: {
    name: full
    location: location
    tags: tags
    kind: plan
    planId: appPlan.outputs.id
    identityId: identity.outputs.id
    packagesUri: storage.outputs.packagesUri
    functions: kafkaFunctions
    minimumInstances: ready
    maximumInstances: instances
    instanceMemoryMB: instanceMemoryMB
    inNetwork: network != null
    subnetId: virtualNetwork.?outputs.appSubnetId
    publicHttp: publicHttp
    workspaceId: workspace.outputs.id
    settings: {
      ...settings
      ...(postgres == null
        ? {}
        : {
            '${postgres!.settingNames.endpoint}': postgresServer!.outputs.endpoint
            '${postgres!.settingNames.database}': postgres!.database
          })
      ...(mysql == null
        ? {}
        : {
            '${mysql!.settingNames.endpoint}': mysqlServer!.outputs.endpoint
            '${mysql!.settingNames.database}': mysql!.database
          })
      ...toObject(
        secretNames,
        secret => secret,
        secret => '@Microsoft.KeyVault(VaultName=${vault.outputs.name};SecretName=${replace(secret, '_', '-')})'
      )
      AzureWebJobsStorage__clientId: identity.outputs.clientId
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__blobServiceUri: storage.outputs.blobUri
      AzureWebJobsStorage__queueServiceUri: storage.outputs.queueUri
      AzureWebJobsStorage__tableServiceUri: storage.outputs.tableUri
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.outputs.connectionString
      ...(scheduler == null
        ? {}
        : {
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
            DURABLE_TASK_SCHEDULER_CONNECTION_STRING: taskHub!.outputs.connection
          })
      ...(premium
        ? {
            FUNCTIONS_EXTENSION_VERSION: '~4'
            FUNCTIONS_WORKER_RUNTIME: 'dotnet-isolated'
            // A content share would need the account's key; the package comes from its container instead.
            WEBSITE_RUN_FROM_PACKAGE: '${storage.outputs.packagesUri}/app.zip'
            WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.outputs.id
          }
        : {})
    }
  }
  // Its first start reads packages and secrets.
  dependsOn: [storageEndpoints, vaultEndpoint]
}

module restart 'modules/restart.bicep' = {
  params: {
    name: '${full}-restart'
    location: location
    tags: tags
    appName: full
    workspaceId: workspace.outputs.id
  }
  dependsOn: [app]
}

module alerting 'modules/alerts.bicep' = {
  params: {
    name: full
    location: location
    tags: tags
    settings: alerts
    workspaceId: workspace.outputs.id
    insightsId: insights.outputs.id
    appId: app.outputs.id
    healthUri: 'https://${app.outputs.hostName}/api/health'
    publicHttp: publicHttp
    restartId: restart.outputs.actionGroupId
    alwaysReady: premium || ready > 0
  }
}

output app string = app.outputs.name
output plan string = plan
output health string = 'https://${app.outputs.hostName}/api/health'
output dashboard string = 'https://${app.outputs.hostName}/api/dashboard'
output vault string = vault.outputs.name
output packages string = storage.outputs.packagesUri

@description('The address that brokers and databases see, with a network.')
output outboundAddress string? = virtualNetwork.?outputs.outboundAddress
