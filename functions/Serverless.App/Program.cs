using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
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
    // Made once before the host asks for them, which shows less of what is wrong.
    await host.Services.GetRequiredService<IFunctionMetadataProvider>().GetFunctionMetadataAsync(AppContext.BaseDirectory);
}
catch (StartupException e)
{
    // The host shows what a worker that ends has written here.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
await host.RunAsync();
return Environment.ExitCode;
