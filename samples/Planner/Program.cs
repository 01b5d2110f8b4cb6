using Jarvis.SemanticKernel;
using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using PlannerSample;

bool isSimulated = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OPENROUTER_API_KEY"));

// Its own file, so that the money of this demonstration is not counted among that of real agents. What a simulator billed is worth nothing tomorrow.
string database = Path.Combine(AppContext.BaseDirectory, isSimulated ? "planner-simulated.db" : "planner.db");
if (isSimulated)
{
    File.Delete(database);
}

await using OpenRouterSimulator? upstream = isSimulated ? await OpenRouterSimulator.StartAsync() : null;
upstream?.OnChat = ScriptedModel.Answer;

try
{
    IKernelBuilder builder = Kernel.CreateBuilder();
    builder.AddJarvisRouting(options =>
    {
        options.Database = database;
        options.Plugins = JarvisPlugins.Routing;
        options.Route("Planner.*", Tier.Strong);
        if (upstream is not null)
        {
            options.ApiKey = "no-key-needed";
            options.Endpoint = upstream.Endpoint;
        }
    });
    Kernel kernel = builder.Build();

    Screen.Welcome(kernel.Services.GetRequiredService<ITierCatalog>(), upstream?.Endpoint);
    SpendReport split = await Newsletter.WriteAsync(kernel, Prompts.Split, run: "split");
    SpendReport strong = await Newsletter.WriteAsync(kernel, Prompts.AllStrong, run: "all-strong");
    Screen.Compare(split, strong);
    return Screen.Balance(split.Total.CostUsd + strong.Total.CostUsd, upstream?.TotalBilledUsd) ? 0 : 1;
}
catch (Exception e) when (e is KernelException or OptionsValidationException)
{
    Screen.Fault(e.Message);
    return 1;
}
