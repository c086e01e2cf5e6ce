using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Serverless.App.Entities;
using Serverless.App.Jobs;

namespace Serverless.App.Http;

/// <summary>What the app tells of itself over HTTP.</summary>
/// <param name="catalog">The jobs.</param>
/// <param name="health">How they are.</param>
/// <param name="rewrites">Takes demands to write tables again.</param>
internal sealed class HttpFunctions(JobCatalog catalog, JobHealth health, Rewrites rewrites)
{
    /// <summary><c>/api/health</c>: whether the jobs run; 503 with the reasons if not.</summary>
    [Function("health")]
    public async Task<HttpResponseData> HealthAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequestData request, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        var report = await health.GetAsync(new EntityClient(client), context.CancellationToken);
        return await AnswerAsync(request, report.IsHealthy ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, report, ReportJson.Readable.HealthReport, context.CancellationToken);
    }

    /// <summary><c>/api/jobs</c>: the jobs and their plans, for who has the function's key.</summary>
    [Function("jobs")]
    public Task<HttpResponseData> JobsAsync([HttpTrigger(AuthorizationLevel.Function, "get", Route = "jobs")] HttpRequestData request, FunctionContext context) =>
        AnswerAsync(request, HttpStatusCode.OK, catalog.All.Select(JobReport.Of).ToArray(), ReportJson.Readable.JobReportArray, context.CancellationToken);

    /// <summary><c>/api/jobs/{job}/rewrite</c>: has every row of a job written again, as when its table was emptied.</summary>
    [Function("rewrite")]
    public async Task<HttpResponseData> RewriteAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "jobs/{name}/rewrite")] HttpRequestData request, string name, FunctionContext context)
    {
        var report = await rewrites.AskAsync(name, context.CancellationToken);
        return await AnswerAsync(request, report.Status, report, ReportJson.Readable.RewriteReport, context.CancellationToken);
    }

    private static async Task<HttpResponseData> AnswerAsync<T>(HttpRequestData request, HttpStatusCode status, T report, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var response = request.CreateResponse(status);
        response.Headers.Add("Content-Type", "application/json; charset=utf-8");
        await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, type), cancellationToken);
        return response;
    }
}
