// The shapes of parameters.

@export()
@description('Tags of every resource.')
type Tags = { *: string }

@export()
@description('App settings by name, none of them a secret: what the \${…} of the jobs need, and what else the app is to be told.')
type Settings = { *: string }

@export()
@description('Secret app settings by name.')
@secure()
type Secrets = { *: string }

@export()
@description('A virtual network, with private endpoints for all that holds data.')
type Network = {
  @description('The address space, at least a /23.')
  addressPrefix: string

  @description('Whether the function app answers from the internet: its health and, with a function key, its dashboard and its plans. Closed, deployment needs a runner in the network.')
  publicHttp: bool
}

@export()
@description('A Durable Task Scheduler in place of the storage account for the task hub; untried.')
type Scheduler = {
  @description('Consumption is to try things out alone: 500 actions a second, no promise of availability, a price for each action.')
  sku: 'Consumption' | 'Dedicated'

  @description('Capacity units, of the dedicated one.')
  @minValue(1)
  @maxValue(3)
  capacity: int?
}

@export()
@description('A database server of this deployment.')
type Database = {
  tier: 'Burstable' | 'GeneralPurpose' | 'MemoryOptimized'

  @description('The compute size, for example Standard_B1ms.')
  sku: string

  @minValue(32)
  storageSizeGB: int

  @description('The database that the jobs write to.')
  database: string

  @description('The \${…} of the jobs that this server gives a value to, and those that are its login.')
  settingNames: DatabaseSettingNames
}

@export()
@description('The \${…} by which scripts know a database.')
type DatabaseSettingNames = {
  @description('The server and its port, host:port.')
  endpoint: string

  @description('The database.')
  database: string

  @description('The login, one of secretNames.')
  username: string

  @description('Its password, one of secretNames.')
  password: string
}

@export()
@description('What alerts are about, and whom they reach.')
type Alerts = {
  @description('Addresses of the action group; none, and alerts are seen in the portal alone.')
  emails: string[]

  @description('How often the health is asked for from outside, in seconds; each time is paid for.')
  healthFrequency: 300 | 600 | 900

  @description('The consumer lag, in records, that is too much for 15 minutes.')
  @minValue(1)
  lag: int

  @description('How many dead letters in 15 minutes are too many.')
  @minValue(0)
  deadLetters: int

  @description('How many failed attempts to write rows in 15 minutes are too many.')
  @minValue(0)
  failedUpserts: int
}
