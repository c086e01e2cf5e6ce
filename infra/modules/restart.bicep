// Restarts the app when an alert says that its reading stands still: a host's reading thread that has ended does not come back, and nothing of the platform sees it.
import { Tags } from 'types.bicep'
import { websiteContributor } from 'roles.bicep'

param name string
param location string
param tags Tags

@description('The app.')
param appName string
param workspaceId string

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource workflow 'Microsoft.Logic/workflows@2019-05-01' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    state: 'Enabled'
    definition: {
      '$schema': 'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#'
      contentVersion: '1.0.0.0'
      triggers: {
        alert: {
          type: 'Request'
          kind: 'Http'
          // What the caller says is of no use, so it is not read.
          inputs: {
            schema: {}
          }
          runtimeConfiguration: {
            concurrency: {
              runs: 1
            }
          }
        }
      }
      actions: {
        restart: {
          type: 'Http'
          runAfter: {}
          inputs: {
            method: 'POST'
            uri: uri(environment().resourceManager, '${app.id}/restart?api-version=2025-03-01')
            authentication: {
              type: 'ManagedServiceIdentity'
              audience: environment().resourceManager
            }
          }
        }
      }
    }
  }

  resource alert 'triggers' existing = {
    name: 'alert'
  }
}

resource contributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(app.id, workflow.id, websiteContributor)
  scope: app
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', websiteContributor)
    principalId: workflow.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'restart'
    logicAppReceivers: [
      {
        name: 'restart'
        resourceId: workflow.id
        callbackUrl: workflow::alert.listCallbackUrl().value
        useCommonAlertSchema: true
      }
    ]
  }
}

#disable-next-line use-recent-api-versions // category groups
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: workflow
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output actionGroupId string = actions.id
