// A Durable Task Scheduler with the app's task hub.
import { Tags, Scheduler } from 'types.bicep'
import { durableTaskDataContributor } from 'roles.bicep'

@maxLength(64)
param name string
param location string
param tags Tags
param hub string
param settings Scheduler

@description('Whether only private endpoints reach it.')
param private bool

@description('The identity that works on the task hub, and its client id.')
param principalId string
param clientId string
param workspaceId string

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // An empty list lets nobody in. Who comes in needs a role on it all the same.
    ipAllowlist: private ? [] : ['0.0.0.0/0']
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    sku: settings.sku == 'Dedicated'
      ? { name: settings.sku, capacity: settings.?capacity ?? 1 }
      : { name: settings.sku }
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: hub
}

resource contributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler.id, durableTaskDataContributor)
  scope: scheduler
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

#disable-next-line use-recent-api-versions // category groups
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: scheduler
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = scheduler.id
@description('No secret: it names the identity that has the role.')
output connection string = 'Endpoint=${scheduler.properties.endpoint};Authentication=ManagedIdentity;ClientID=${clientId};TaskHub=${taskHub.name}'
