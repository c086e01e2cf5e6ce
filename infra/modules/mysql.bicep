// Azure Database for MySQL, for users without RDS.
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

resource server 'Microsoft.DBforMySQL/flexibleServers@2024-12-30' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: settings.sku
    tier: settings.tier
  }
  properties: {
    version: '8.4'
    administratorLogin: login
    administratorLoginPassword: password
    backup: {
      backupRetentionDays: 7
      geoRedundantBackup: 'Disabled'
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
resource configurations 'Microsoft.DBforMySQL/flexibleServers/configurations@2024-12-30' = [
  for setting in [
    { name: 'require_secure_transport', value: 'ON' }
    { name: 'tls_version', value: 'TLSv1.2,TLSv1.3' }
  ]: {
    parent: server
    name: setting.name
    properties: {
      source: 'user-override'
      value: setting.value
    }
  }
]

resource database 'Microsoft.DBforMySQL/flexibleServers/databases@2024-12-30' = {
  parent: server
  name: settings.database
  properties: {
    charset: 'utf8mb4'
    collation: 'utf8mb4_bin'
  }
  dependsOn: [configurations]
}

// Without a network the app's address is one of Azure's: this range stands for those.
resource azure 'Microsoft.DBforMySQL/flexibleServers/firewallRules@2024-12-30' = if (!private) {
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
output endpoint string = '${server.properties.fullyQualifiedDomainName}:3306'
