using Jarvis.SemanticKernel.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.Tests.Documentation;

/// <summary>The code that README and docs show. Each method is run by <see cref="GettingStartedTests"/>; what stands outside of the regions puts the simulator in.</summary>
internal static class GettingStarted
{
    public static async Task<SpendReport> ReadmeAsync(Action<IKernelBuilder> useSimulator)
    {
        #region readme
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.AddJarvisRouting();                      // three tiers over OpenRouter, a kill switch, a ledger
        #endregion
        useSimulator(builder);
        #region readme
        Kernel kernel = builder.Build();

        var strong = new OpenAIPromptExecutionSettings { ServiceId = Tier.Strong };
        await kernel.InvokePromptAsync("Plan the week", new KernelArguments(strong));
        await kernel.InvokePromptAsync("Label this mail", new KernelArguments().WithTier(Tier.Cheap).WithGoal(42));

        ICostReport costs = kernel.GetRequiredService<ICostReport>();
        SpendReport spend = await costs.GetSpendAsync(new SpendQuery { From = DateTimeOffset.UtcNow.AddHours(-1), To = DateTimeOffset.UtcNow });
        Console.WriteLine($"{spend.Total.Calls} calls, {spend.Total.CostUsd} USD");
        #endregion
        return spend;
    }

    public static async Task<(string First, string Second, string Third)> TiersAsync(Kernel kernel, ChatHistory history)
    {
        #region tiers
        // 1. The service id of a tier is its name. Works wherever Semantic Kernel takes execution settings.
        var strong = new OpenAIPromptExecutionSettings { ServiceId = Tier.Strong };
        FunctionResult plan = await kernel.InvokePromptAsync("Plan the week", new KernelArguments(strong));

        // 2. In the arguments. A service id or a model id in the settings wins over it.
        FunctionResult label = await kernel.InvokePromptAsync("Label this mail", new KernelArguments().WithTier(Tier.Cheap));

        // 3. The chat service itself, without prompts and templates.
        IChatCompletionService chat = kernel.GetRequiredService<IChatCompletionService>(Tier.Mid);
        ChatMessageContent reply = await chat.GetChatMessageContentAsync(history, kernel: kernel);
        #endregion
        return (plan.ToString(), label.ToString(), reply.ToString());
    }

    public static async Task<string> ToolsAsync(Kernel kernel)
    {
        #region tools
        kernel.Plugins.AddFromType<Stock>();
        var settings = new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        FunctionResult answer = await kernel.InvokePromptAsync("How many chains are left?", new KernelArguments(settings));
        #endregion
        return answer.ToString();
    }

    public static async Task AttributionAsync(Kernel kernel)
    {
        #region attribution
        using (JarvisScope.Begin(goal: 42, agent: "restocker", run: "2026-03-01/morning"))
        {
            await kernel.InvokePromptAsync("What is running out?");
        }
        #endregion
    }

    public static async Task<SpendReport> CostsAsync(Kernel kernel)
    {
        #region costs
        ICostReport costs = kernel.GetRequiredService<ICostReport>();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        SpendReport week = await costs.GetSpendAsync(new SpendQuery { From = now.AddDays(-7), To = now, GroupBy = [SpendGrouping.Goal] });
        foreach (SpendLine line in week.Lines)
        {
            Console.WriteLine($"goal {line.Key.GetText(SpendGrouping.Goal) ?? "none"}: {line.CostUsd} USD, {line.Calls} calls, {line.UnresolvedCalls} of unknown cost");
        }
        #endregion
        return week;
    }

    public static async Task<string?> StoppedAsync(Kernel kernel)
    {
        string? shown = null;
        #region stopped
        IKillSwitch killSwitch = kernel.GetRequiredService<IKillSwitch>();
        await killSwitch.ActivateAsync("The budget of the day is spent", triggeredBy: "budget-watch");
        try
        {
            await kernel.InvokePromptAsync("Plan the week");
        }
        catch (KillSwitchActiveException e)
        {
            Console.WriteLine(e.Message); // why, since when, and that only an operator can release it
            #endregion
            shown = e.Message;
            #region stopped
        }
        #endregion
        return shown;
    }

    public static async Task ReleaseAsync(IServiceCollection services)
    {
        #region release
        services.AddJarvisOperator();
        await using ServiceProvider provider = services.BuildServiceProvider();
        IKillSwitchOperator person = provider.GetRequiredService<IKillSwitchOperator>();
        await person.DeactivateAsync("The budget is raised", triggeredBy: "dana");
        #endregion
    }

    public static void Postgres(IKernelBuilder builder)
    {
        #region postgres
        builder.AddJarvisRouting(options => options.Database = "postgres://agents:secret@db.example:5432/agents");
        #endregion
    }

    public static IHost Hosted(HostApplicationBuilder app, Action<IServiceCollection> useSimulator)
    {
        #region hosted
        app.Services.AddJarvisRouting(app.Configuration); // the section "Jarvis"
        app.Services.AddKernel();
        #endregion
        useSimulator(app.Services);
        return app.Build();
    }

    public static void Options(IKernelBuilder builder)
    {
        #region options
        builder.AddJarvisRouting(options =>
        {
            options.Tiers[Tier.Cheap].Model = "google/gemini-2.5-flash-lite";
            options.Tiers["vision"] = new TierOptions { Model = "openai/gpt-5" };
            options.DefaultTier = Tier.Cheap;
            options.KillSwitch.CacheDuration = TimeSpan.FromMilliseconds(200);
            options.Resilience.MaxRetries = 0;
            options.Plugins = JarvisPlugins.KillSwitch;
        });
        #endregion
    }

    public static async Task SimulatorAsync(string database)
    {
        #region simulator
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync();
        upstream.Enqueue(
            SimulatedReply.ToolCalls(new SimulatedToolCall("Stock-CountOf", """{"product":"chains"}""")),
            SimulatedReply.Error(503, "The provider is busy"),
            SimulatedReply.Text("There are 3 chains left."));

        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.AddJarvisRouting(options =>
        {
            options.Endpoint = upstream.Endpoint;
            options.ApiKey = "any";
            options.Database = database; // a file in a temporary folder
            options.Resilience.RetryDelay = TimeSpan.Zero;
        });
        Kernel kernel = builder.Build();
        kernel.Plugins.AddFromType<Stock>();

        var settings = new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        FunctionResult answer = await kernel.InvokePromptAsync("How many chains are left?", new KernelArguments(settings));

        SpendReport spend = await kernel.GetRequiredService<ICostReport>().GetSpendAsync(
            new SpendQuery { From = DateTimeOffset.UtcNow.AddMinutes(-5), To = DateTimeOffset.UtcNow });
        Assert.Equal("There are 3 chains left.", answer.ToString());
        Assert.Equal(3, upstream.RequestCount);       // two rounds, one of them tried twice
        Assert.Equal(3, spend.Total.Calls);           // each has its record
        Assert.Equal(1, spend.Total.FailedCalls);
        Assert.Equal(upstream.TotalBilledUsd, spend.Total.CostUsd);
        #endregion
    }

    public static void RegisterFilter(IKernelBuilder builder)
    {
        #region register-filter
        builder.Services.AddSingleton<IModelCallFilter, SlowCallFilter>();
        #endregion
    }
}
