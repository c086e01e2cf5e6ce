// Azure Database for PostgreSQL, for users without Hologres: the same wire protocol, the same connector.
import { Tags, Database } from 'types.bicep'

param name string
param location string
param tags Tags
param settings Database
param zoneRedundant bool

@description('Whether only private endpoints reach it.')
param private bool

@description('The login that the jobs use.')
@secure()
param login string

@secure()
param password string
param workspaceId string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: settings.sku
    tier: settings.tier
  }
  properties: {
    version: '17'
    administratorLogin: login
    administratorLoginPassword: password
    authConfig: {
      activeDirectoryAuth: 'Disabled'
      passwordAuth: 'Enabled'
    }
    backup: {
      backupRetentionDays: 7
    }
    // The burstable tier has no standby.
    highAvailability: {
      mode: zoneRedundant && settings.tier != 'Burstable' ? 'ZoneRedundant' : 'Disabled'
    }
    network: {
      publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    }
    storage: {
      autoGrow: 'Enabled'
      storageSizeGB: settings.storageSizeGB
    }
  }
}

// One at a time: the server takes no second change while one is under way.
@batchSize(1)
resource configurations 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = [
  for setting in [
    { name: 'require_secure_transport', value: 'on' }
    { name: 'ssl_min_protocol_version', value: 'TLSv1.2' }
  ]: {
    parent: server
    name: setting.name
    properties: {
      source: 'user-override'
      value: setting.value
    }
  }
]

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: settings.database
  dependsOn: [configurations]
}

// Without a network the app's address is one of Azure's: this range stands for those.
resource azure 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = if (!private) {
  parent: server
  name: 'azure'
  properties: {
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
  dependsOn: [database]
}

#disable-next-line use-recent-api-versions // category groups
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: server
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = server.id
output endpoint string = '${server.properties.fullyQualifiedDomainName}:5432'
