using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using QuickStart;

bool isSimulated = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OPENROUTER_API_KEY"));

// Its own file, so that neither the money nor the stop of this demonstration reaches a real agent.
string database = Path.Combine(AppContext.BaseDirectory, isSimulated ? "quickstart-simulated.db" : "quickstart.db");

await using OpenRouterSimulator? upstream = isSimulated ? await OpenRouterSimulator.StartAsync() : null;
upstream?.OnChat = ScriptedModel.Answer;
DateTimeOffset start = DateTimeOffset.UtcNow;

try
{
    #region build
    IKernelBuilder builder = Kernel.CreateBuilder();
    builder.AddJarvisRouting(options =>
    {
        options.Database = database;
        if (upstream is not null)
        {
            options.ApiKey = "no-key-needed";
            options.Endpoint = upstream.Endpoint;
        }
    });
    builder.AddJarvisOperator(); // Only because this program also plays the person who releases the switch.
    builder.Services.AddSingleton<IModelCallFilter, CallPrinter>();
    Kernel kernel = builder.Build();
    #endregion

    Screen.Welcome(kernel.Services.GetRequiredService<ITierCatalog>(), upstream?.Endpoint, database);
    await Stop.ReleaseLeftoverAsync(kernel);
    await Routes.RunAsync(kernel);
    await Agent.RunAsync(kernel);
    await Streaming.RunAsync(kernel);
    await Stop.RunAsync(kernel, upstream);
    return await Costs.ReportAsync(kernel, start, upstream) ? 0 : 1;
}
catch (Exception e) when (e is KernelException or OptionsValidationException)
{
    Screen.Fault(e.Message);
    return 1;
}
