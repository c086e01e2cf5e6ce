// What Azure's clouds call things that environment() does not tell: the zones of private endpoints.

@export()
@description('By the name of a cloud, the private DNS zones of services.')
var zones = {
  AzureCloud: {
    functions: 'privatelink.azurewebsites.net'
    mysql: 'privatelink.mysql.database.azure.com'
    postgres: 'privatelink.postgres.database.azure.com'
  }
  AzureChinaCloud: {
    functions: 'privatelink.chinacloudsites.cn'
    mysql: 'privatelink.mysql.database.chinacloudapi.cn'
    postgres: 'privatelink.postgres.database.chinacloudapi.cn'
  }
  AzureUSGovernment: {
    functions: 'privatelink.azurewebsites.us'
    mysql: 'privatelink.mysql.database.usgovcloudapi.net'
    postgres: 'privatelink.postgres.database.usgovcloudapi.net'
  }
}
