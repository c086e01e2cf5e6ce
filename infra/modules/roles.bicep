// The built-in roles that are given out: to the app's identity data-plane roles alone.

@export()
@description('What the host keeps in blobs: leases, keys, the package; leases need the owner role.')
var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'

@export()
@description('The queues of the task hub.')
var storageQueueDataContributor = '974c5e8b-45b9-4653-ba55-5f855dd0fb88'

@export()
@description('The tables of the task hub.')
var storageTableDataContributor = '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'

@export()
@description('Reading secrets for app settings; not listing, not writing.')
var keyVaultSecretsUser = '4633458b-17de-408a-b874-0445c86b69e6'

@export()
@description('Sending telemetry.')
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

@export()
@description('Restarting the app, and all else that is done to one: there is no smaller role that is built in.')
var websiteContributor = 'de139f84-1756-47ae-9be6-808fbbe84772'

@export()
@description('Working on a task hub of the Durable Task Scheduler, and signalling entities as a client.')
var durableTaskDataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'
