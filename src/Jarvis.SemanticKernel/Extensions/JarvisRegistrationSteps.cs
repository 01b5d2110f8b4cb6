using Jarvis.SemanticKernel.Costs;
using Jarvis.SemanticKernel.KillSwitch;
using Jarvis.SemanticKernel.Ledger;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.ModelCalls;
using Jarvis.SemanticKernel.ModelCalls.Foreign;
using Jarvis.SemanticKernel.OpenRouter;
using Jarvis.SemanticKernel.Plugins;
using Jarvis.SemanticKernel.Routing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>What the package puts into the container, a chapter a step.</summary>
internal static class JarvisRegistrationSteps
{
    public static void AddJarvisOptions(this IServiceCollection services)
    {
        services.TryAddSingleton<EnvironmentVariables>();
        services.AddSingleton<IConfigureOptions<JarvisRoutingOptions>, JarvisOptionsSetup>();
        services.AddSingleton<IValidateOptions<JarvisRoutingOptions>, JarvisOptionsValidator>();
        services.TryAddSingleton<IOptionsMonitor<JarvisRoutingOptions>, JarvisOptionsMonitor>();
        services.AddOptions<JarvisRoutingOptions>().ValidateOnStart();
    }

    public static void AddJarvisStorage(this IServiceCollection services)
    {
        services.TryAddSingleton<JarvisStorage>();
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().Database);
        services.TryAddSingleton<IAiCallStore>(provider => new UnresolvedCallWatch(
            provider.GetRequiredService<JarvisStorage>().CreateAiCallStore(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()),
            provider.GetRequiredService<CostInquiry>(),
            provider.GetRequiredService<ReconciliationWorker>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateKillSwitchStore());
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateProcessStore());
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateCostStore());
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateBookStore());
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateBalanceStore());
    }

    public static void AddJarvisKillSwitch(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateKillSwitchChanges(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(KillSwitchHubs.OfThisProcess);
        services.TryAddSingleton(CreateMember);
        services.TryAddSingleton<KillSwitchGuard>();
        services.TryAddSingleton<IKillSwitch, StoredKillSwitch>();
        services.TryAddSingleton<IKillSwitchProcesses, StoredKillSwitchProcesses>();
    }

    public static void AddJarvisKillSwitchFilters(this IServiceCollection services)
    {
        services.TryAddSingleton<IKillSwitchGate>(provider => provider.GetRequiredService<IKillSwitch>() is StoredKillSwitch stored
            ? new StoredKillSwitchGate(stored.Guard)
            : new ForeignKillSwitchGate(
                provider.GetRequiredService<IKillSwitch>(), provider.GetRequiredService<IOptions<JarvisRoutingOptions>>().Value.KillSwitch.InFlight));
        services.TryAddSingleton<KillSwitchFilter>();
        services.AddSingleton<IPromptRenderFilter>(provider => provider.GetRequiredService<KillSwitchFilter>());
        services.AddSingleton<IFunctionInvocationFilter>(provider => provider.GetRequiredService<KillSwitchFilter>());
        services.AddSingleton<IAutoFunctionInvocationFilter>(provider => provider.GetRequiredService<KillSwitchFilter>());
    }

    public static void AddJarvisLedger(this IServiceCollection services)
    {
        services.AddJarvisJournal();
        services.TryAddSingleton<ICostReport, CostReport>();
        services.TryAddSingleton<RecordBacklog>();
        services.TryAddSingleton<AiCallLogFilter>();
    }

    public static void AddJarvisReconciliation(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateCallCorrectionStore(provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddSingleton(provider => provider.GetRequiredService<JarvisStorage>().CreateUnresolvedCallStore());
        services.TryAddSingleton(provider => new PickUpTurn(provider.GetRequiredService<JarvisStorage>().Identity));
        services.TryAddSingleton<CostInquiry>();
        services.TryAddSingleton<ReconciliationWorker>();
        services.TryAddSingleton<UnreportedCosts>();
        services.TryAddSingleton<ICostReconciliation, CostReconciliation>();
    }

    public static void AddJarvisOpenRouter(this IServiceCollection services)
    {
        services.TryAddSingleton<IOpenRouterApi, OpenRouterApi>();
        services.TryAddSingleton<IPriceList, PriceList>();
        IHttpClientBuilder client = services.AddHttpClient(OpenRouterApi.ClientName, OpenRouterApi.Configure)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) => OpenRouterApi.Configure(handler))
            .RemoveAllLoggers();

        // Who asks knows when to ask again.
        client.RemoveAllResilienceHandlers();
    }

    public static void AddJarvisCredits(this IServiceCollection services)
    {
        services.TryAddSingleton<ICreditMonitor, CreditMonitor>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOperatorNotifier, WebhookNotifier>());

        // The address is the secret: it is logged nowhere.
        services.AddHttpClient(WebhookNotifier.ClientName).RemoveAllLoggers();
    }

    public static void AddJarvisModelCalls(this IServiceCollection services)
    {
        // The switch is asked first, so that nothing else runs in vain, and once more after everything that takes time.
        services.TryAddSingleton(provider => new ModelCallPipeline(
            [
                provider.GetRequiredService<KillSwitchFilter>(),
                .. provider.GetServices<IModelCallFilter>(),
                provider.GetRequiredService<AiCallLogFilter>(),
                new KillSwitchLastCheck(provider.GetRequiredService<KillSwitchFilter>()),
            ]));
        services.TryAddTransient<KillSwitchScopeHandler>();
        services.TryAddTransient<ModelCallHandler>();
        services.TryAddEnumerable(ServiceDescriptor.Transient<IHttpMessageHandlerBuilderFilter, PlainBodiesForHandlers>(static _ => new PlainBodiesForHandlers(TierHttpClientFactory.ClientName)));

        IHttpClientBuilder client = services.AddHttpClient(TierHttpClientFactory.ClientName)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) => ModelCallConnection.Configure(handler))
            .RemoveAllLoggers();

        // A host's ConfigureHttpClientDefaults with a resilience handler would multiply the attempts, and each one may be billed.
        client.RemoveAllResilienceHandlers();
        client.AddHttpMessageHandler<KillSwitchScopeHandler>();
        client.AddHttpMessageHandler(static provider => new RetryHandler(
            provider.GetRequiredService<IOptions<JarvisRoutingOptions>>().Value.Resilience,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger<ModelCallHandler>()));
        client.AddHttpMessageHandler<ModelCallHandler>();
    }

    public static void AddJarvisForeignClients(this IServiceCollection services) => services.TryAddSingleton(provider =>
    {
        // By hand: a host's defaults for HTTP clients are for those that have a network.
        ModelCallHandler calls = provider.GetRequiredService<ModelCallHandler>();
        calls.InnerHandler = new ForeignNetwork();
        KillSwitchScopeHandler handlers = provider.GetRequiredService<KillSwitchScopeHandler>();
        handlers.InnerHandler = calls;
        return new ForeignChain(handlers);
    });

    public static void AddJarvisTiers(this IServiceCollection services)
    {
        services.TryAddSingleton<TierHttpClientFactory>();
        services.TryAddSingleton<TierCatalog>();
        services.TryAddSingleton<ITierCatalog>(provider => provider.GetRequiredService<TierCatalog>());
        services.TryAddSingleton<TierPriceComparison>();
        services.TryAddSingleton<ITaskDelegation, TaskDelegation>();
        services.TryAddSingleton<IAIServiceSelector, TierServiceSelector>();
        services.AddSingleton<IFunctionInvocationFilter, FunctionScopeFilter>();

        // Null for a key that is no tier: a factory that throws would fail templates that name several services, of which Semantic Kernel takes the first it finds.
        services.TryAddKeyedSingleton<IChatCompletionService>(
            KeyedService.AnyKey, (provider, key) => (key as string is { } tier ? provider.GetRequiredService<TierCatalog>().FindService(tier) : null)!);
        services.TryAddSingleton<IChatCompletionService>(provider => provider.GetRequiredService<TierCatalog>().Default);
        services.TryAddKeyedSingleton<IChatClient>(
            KeyedService.AnyKey, (provider, key) => (key as string is { } tier ? provider.GetRequiredService<TierCatalog>().FindClient(tier) : null)!);
        services.TryAddSingleton<IChatClient>(provider => provider.GetRequiredService<TierCatalog>().DefaultClient);
    }

    public static void AddJarvisPlugins(this IServiceCollection services, JarvisRegistration registration)
    {
        // A later call may have switched off what an earlier one imported.
        registration.Plugins.ForEach(plugin => services.Remove(plugin));
        registration.Plugins.Clear();
        JarvisPlugins wanted = registration.WantedPlugins(
            services.LastOrDefault(s => s.ServiceType == typeof(EnvironmentVariables))?.ImplementationInstance as EnvironmentVariables ?? new EnvironmentVariables());
        if (wanted.HasFlag(JarvisPlugins.KillSwitch))
        {
            registration.Plugins.Add(ServiceDescriptor.Singleton(static provider => KillSwitchPlugin.Create(provider.GetRequiredService<IKillSwitch>())));
        }

        if (wanted.HasFlag(JarvisPlugins.CostReport))
        {
            registration.Plugins.Add(ServiceDescriptor.Singleton(
                static provider => CostReportPlugin.Create(
                    provider.GetRequiredService<ICostReport>(),
                    provider.GetRequiredService<TimeProvider>(),
                    static () => AmbientCall.Current.Call?.Attribution.RunId ?? AmbientCall.Current.Attribution.RunId)));
        }

        if (wanted.HasFlag(JarvisPlugins.Routing))
        {
            registration.Plugins.Add(ServiceDescriptor.Singleton(static _ => RoutingPlugin.Create()));
        }

        registration.Plugins.ForEach(services.Add);
    }

    // One for each container. What it shares with others of the process is found by names that hold no password.
    private static KillSwitchMember CreateMember(IServiceProvider provider)
    {
        JarvisStorage storage = provider.GetRequiredService<JarvisStorage>();
        KillSwitchOptions options = provider.GetRequiredService<IOptions<JarvisRoutingOptions>>().Value.KillSwitch;
        bool hasHeartbeat = options.Heartbeat && provider.GetRequiredService<JarvisRegistration>().CallsModels;
        return new KillSwitchMember(
            provider.GetRequiredService<KillSwitchHubs>().Of(storage.Identity, storage.ListenIdentity, provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<IKillSwitchChanges>(),
            hasHeartbeat ? provider.GetRequiredService<IProcessStore>() : null,
            options,
            provider.GetRequiredService<ILogger<KillSwitchMember>>());
    }
}
