// The plan, and the room it gives the app to grow.
import { Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param kind 'FlexConsumption' | 'ElasticPremium'

@description('The instance size of Elastic Premium.')
param premiumSku 'EP1' | 'EP2' | 'EP3'

@description('The most instances of Elastic Premium; Flex Consumption has its limit in the app.')
@minValue(1)
@maxValue(100)
param maximumPremiumInstances int
param zoneRedundant bool
param workspaceId string

var premium = kind == 'ElasticPremium'

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: name
  location: location
  tags: tags
  kind: premium ? 'elastic' : 'functionapp'
  sku: premium ? { name: premiumSku, tier: kind } : { name: 'FC1', tier: kind }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
    maximumElasticWorkerCount: premium ? maximumPremiumInstances : null
  }
}

// Flex Consumption has no metrics of the plan, only of the app.
#disable-next-line use-recent-api-versions // category groups
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (premium) {
  name: 'to-workspace'
  scope: plan
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = plan.id
