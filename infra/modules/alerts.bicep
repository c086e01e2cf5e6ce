// What wakes somebody: lag, dead letters, rows that cannot be written, an app that is not well.
import { Alerts, Tags } from 'types.bicep'

param name string
param location string
param tags Tags
param settings Alerts
param workspaceId string
param insightsId string
param appId string

@description('The address of the app\'s health, and whether it answers from the internet.')
param healthUri string
param publicHttp bool

@description('The action group that restarts the app.')
param restartId string

@description('Whether some instance is always there, so that silence means trouble.')
param alwaysReady bool

// From the app's meter, as the workspace keeps them. A dimension makes one alert for each job and sink.
var rules = [
  {
    name: 'consumer-lag'
    description: 'Records wait in a topic for longer than the app should need: look at the app\'s instances, its pressure and its databases.'
    query: 'AppMetrics | where Name == "serverless.lag" | summarize Value = max(Max) by Job = tostring(Properties["job"])'
    dimension: 'Job'
    threshold: settings.lag
    severity: 2
    periods: 3
    window: 'PT5M'
  }
  {
    name: 'dead-letters'
    description: 'Records or rows are set aside: the dead-letter topic says why.'
    query: 'AppMetrics | where Name == "serverless.dead_letters" | summarize Value = sum(Sum) by Job = tostring(Properties["job"])'
    dimension: 'Job'
    threshold: settings.deadLetters
    severity: 3
    periods: 1
    window: 'PT15M'
  }
  {
    name: 'failed-upserts'
    description: 'A database does not take rows: they are kept, and reading is held back before they are too many.'
    query: 'AppMetrics | where Name == "serverless.failed_writes" | summarize Value = sum(Sum) by Job = tostring(Properties["job"])'
    dimension: 'Job'
    threshold: settings.failedUpserts
    severity: 1
    periods: 1
    window: 'PT15M'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: take(name, 12)
    emailReceivers: [
      for (email, index) in settings.emails: {
        name: 'email-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource queries 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for rule in rules: {
    name: '${name}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${name}: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: rule.window
      autoMitigate: true
      // The tables are there with the first telemetry only.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: 'Value'
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: [{ name: rule.dimension, operator: 'Include', values: ['*'] }]
            failingPeriods: {
              minFailingPeriodsToAlert: rule.periods
              numberOfEvaluationPeriods: rule.periods
            }
          }
        ]
      }
      actions: {
        actionGroups: [people.id]
      }
    }
  }
]

// Of all jobs together, as there is one app to restart. Without autoMitigate, so that people are told and the app is restarted again, if that has not helped, each half an hour.
resource standstill 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: '${name}-standstill'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${name}: standstill'
    description: 'Records have waited in a topic for ten minutes while none was committed, though the sink takes rows: the app is restarted.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: false
    muteActionsDuration: 'PT30M'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppMetrics | where Name == "serverless.standstill" | summarize Value = max(Max)'
          metricMeasureColumn: 'Value'
          timeAggregation: 'Maximum'
          operator: 'GreaterThanOrEqual'
          threshold: 600
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id, restartId]
    }
  }
}

resource silence 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = if (alwaysReady) {
  name: '${name}-silence'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: '${name}: silence'
    description: 'An instance is always there, and nothing has been heard of it.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'union AppMetrics, AppTraces, AppRequests | summarize Value = count()'
          metricMeasureColumn: 'Value'
          timeAggregation: 'Total'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: {
            minFailingPeriodsToAlert: 1
            numberOfEvaluationPeriods: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id]
    }
  }
}

resource failures 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: '${name}-server-errors'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app answers with errors of its own: its health says brokers or databases are out of reach, or it does not start.'
    severity: 1
    enabled: true
    scopes: [appId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'errors'
          metricNamespace: 'Microsoft.Web/sites'
          metricName: 'Http5xx'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 5
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource health 'Microsoft.Insights/webtests@2022-06-15' = if (publicHttp) {
  name: '${name}-health'
  location: location
  // The portal finds the test by this tag.
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    Name: '${name}-health'
    SyntheticMonitorId: '${name}-health'
    Kind: 'standard'
    Enabled: true
    Frequency: settings.healthFrequency
    Timeout: 60
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'us-va-ash-azr' }
      { Id: 'apac-sg-sin-azr' }
    ]
    Request: {
      HttpVerb: 'GET'
      ParseDependentRequests: false
      RequestUrl: healthUri
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource unhealthy 'Microsoft.Insights/metricAlerts@2026-01-01' = if (publicHttp) {
  name: '${name}-unhealthy'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app\'s health fails as seen from two places or more: a job, the brokers or a database.'
    severity: 1
    enabled: true
    scopes: [health.id, insightsId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT30M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      componentId: insightsId
      failedLocationCount: 2
      webTestId: health.id
    }
    actions: [{ actionGroupId: people.id }]
  }
}
