using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serverless.App;
using Serverless.App.Jobs;

var builder = FunctionsApplication.CreateBuilder(args);
builder.AddServerless();
using var host = builder.Build();
try
{
    await host.Services.GetRequiredService<JobLoader>().LoadAsync(CancellationToken.None);
}
catch (StartupException e)
{
    // The host shows what a worker that ends has written here.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
await host.RunAsync();
return Environment.ExitCode;
