// The key vault of the secret app settings.
import { Tags, Secrets } from 'types.bicep'
import { keyVaultSecretsUser } from 'roles.bicep'

@minLength(3)
@maxLength(24)
param name string
param location string
param tags Tags

@description('Whether only private endpoints reach it.')
param private bool

@description('Whether a vault of this name that was deleted is taken back.')
param recover bool

@description('The app settings that are secrets here; the secret KAFKA-PASSWORD is the setting KAFKA_PASSWORD.')
param secretNames string[]

@description('Their values; where there is none, the vault keeps what it has.')
param secrets Secrets

@description('The identity that reads the secrets.')
param principalId string
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    createMode: recover ? 'recover' : 'default'
    enablePurgeProtection: true
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    publicNetworkAccess: private ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: private ? 'Deny' : 'Allow'
    }
  }
}

resource vaultSecrets 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = [
  for secret in secretNames: if (!empty(secrets[?secret] ?? '')) {
    parent: vault
    name: replace(secret, '_', '-')
    properties: {
      value: secrets[?secret]
    }
  }
]

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, keyVaultSecretsUser)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', keyVaultSecretsUser)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

#disable-next-line use-recent-api-versions // category groups
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = vault.id
output name string = vault.name
