// The function app.
import { Tags, Settings } from 'types.bicep'

param name string
param location string
param tags Tags
param kind 'FlexConsumption' | 'ElasticPremium'
param planId string

@description('The user-assigned identity of the app.')
param identityId string

@description('The app settings: values and key vault references, no secret.')
param settings Settings

@description('Where packages are: the blob container\'s address.')
param packagesUri string

@description('The Kafka functions, each of which scales by itself on Flex Consumption.')
param functions string[]

@description('Instances that are always there: of Elastic Premium for the app, of Flex Consumption for entities and for each Kafka function.')
param minimumInstances int

@description('The most instances: of Elastic Premium for the app, of Flex Consumption for each group of functions.')
param maximumInstances int

@description('The memory of a Flex Consumption instance.')
param instanceMemoryMB 2048 | 4096

@description('Whether it is in a virtual network, and the subnet of its way out.')
param inNetwork bool
param subnetId string?

@description('Whether it answers from the internet.')
param publicHttp bool
param workspaceId string

var premium = kind == 'ElasticPremium'
var ready = map(concat(['durable'], map(functions, f => 'function:${f}')), group => {
  name: group
  instanceCount: minimumInstances
})

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: planId
    reserved: true
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: publicHttp ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: subnetId
    // Everything goes through the network, so that the brokers and databases see one address.
    outboundVnetRouting: inNetwork ? { allTraffic: true } : null
    functionAppConfig: premium
      ? null
      : {
          deployment: {
            storage: {
              type: 'blobContainer'
              value: packagesUri
              authentication: {
                type: 'UserAssignedIdentity'
                userAssignedIdentityResourceId: identityId
              }
            }
          }
          runtime: {
            name: 'dotnet-isolated'
            version: '10.0'
          }
          scaleAndConcurrency: {
            alwaysReady: minimumInstances > 0 ? ready : []
            instanceMemoryMB: instanceMemoryMB
            maximumInstanceCount: maximumInstances
          }
        }
    siteConfig: {
      appSettings: [for setting in items(settings): { name: setting.key, value: setting.value }]
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      // Flex Consumption has these in functionAppConfig, or needs none.
      functionAppScaleLimit: premium ? maximumInstances : null
      // Kafka triggers scale from inside the host, which reaches brokers that the platform does not.
      functionsRuntimeScaleMonitoringEnabled: premium ? true : null
      healthCheckPath: premium ? '/api/health' : null
      linuxFxVersion: premium ? 'DOTNET-ISOLATED|10.0' : null
      minimumElasticInstanceCount: premium ? minimumInstances : null
    }
  }

  // Deployment signs in with Entra: there are no passwords to publish with.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

#disable-next-line use-recent-api-versions // category groups
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
