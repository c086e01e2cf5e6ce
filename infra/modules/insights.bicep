// Application Insights over the workspace. Its tables are the workspace's, so diagnostic settings would only store everything twice.
import { Tags } from 'types.bicep'
import { monitoringMetricsPublisher } from 'roles.bicep'

param name string
param location string
param tags Tags
param workspaceId string

@description('The identity that sends telemetry.')
param principalId string

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspaceId
    // Telemetry comes from the app's identity; the key in the connection string alone opens nothing.
    DisableLocalAuth: true
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, monitoringMetricsPublisher)
  scope: insights
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output id string = insights.id
output connectionString string = insights.properties.ConnectionString
