using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.Storage.Postgres;

/// <summary>The whole package in a process that logs in as a member of jarvis_agent, and an operator's that logs in as one of jarvis_operator.</summary>
public sealed class AgentRoleTests(PostgresServer server)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agent_CallsRecordsBeatsAndActivates_AndOnlyTheOperatorReleases()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await using JarvisHarness agent = await StartAgentAsync(roles);
        await using ServiceProvider operators = StartOperator(roles);
        IKillSwitchOperator release = operators.GetRequiredService<IKillSwitchOperator>();

        await agent.Kernel.InvokePromptAsync("Work", cancellationToken: Ct);
        await foreach (StreamingChatMessageContent piece in agent.Chat("cheap").GetStreamingChatMessageContentsAsync("Work", cancellationToken: Ct))
        {
            Assert.NotNull(piece);
        }

        Assert.Equal("2 2", await roles.Outside.TextAsync("SELECT (SELECT count(*) FROM ai_calls) || ' ' || (SELECT count(*) FROM jarvis.call_details WHERE status = 'ok')"));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.Equal(2, (await agent.Services.GetRequiredService<ICostReport>().GetSpendAsync(new SpendQuery { From = now.AddHours(-1), To = now.AddHours(1) }, Ct)).Lines.Count);
        await Eventually.TrueAsync(async () => await roles.Outside.TextAsync("SELECT count(*) FROM jarvis.processes WHERE last_seen_at > now() - interval '1 minute'") == "1", Ct);

        await agent.KillSwitch.ActivateAsync("runaway", "agent", cancellationToken: Ct);
        await agent.KillSwitch.ActivateAsync("runaway", "agent", new KillSwitchActivation { Scope = KillSwitchScope.ForTier("strong") }, Ct);
        await Assert.ThrowsAsync<KillSwitchActiveException>(() => agent.Chat("mid").GetChatMessageContentAsync("Work", cancellationToken: Ct));
        await AcknowledgedAsync(operators);
        string? before = await roles.TextAsync();

        foreach (KillSwitchScope scope in (KillSwitchScope[])[KillSwitchScope.Global, KillSwitchScope.ForTier("strong"), KillSwitchScope.ForGoal(7)])
        {
            KillSwitchUnavailableException refused = await Assert.ThrowsAsync<KillSwitchUnavailableException>(() => agent.Operator.DeactivateAsync("let me", "agent", scope, Ct));
            Assert.Contains($"role {roles.Agent} may activate the kill switch, not release it", refused.Message, StringComparison.Ordinal);
            Assert.Contains("jarvis_operator", refused.Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, await roles.TextAsync());
        Assert.Equal(["activate", "activate"], (await agent.KillSwitch.GetHistoryAsync(10, Ct)).Select(entry => entry.Action));

        await release.DeactivateAsync("fine", "cli", cancellationToken: Ct);
        await release.DeactivateAsync("fine", "cli", KillSwitchScope.ForTier("strong"), Ct);
        await AcknowledgedAsync(operators);
        await agent.Chat("strong").GetChatMessageContentAsync("Work", cancellationToken: Ct);
    }

    [Fact]
    public async Task Agent_ThatEndsInOrder_RemovesItsRow()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await using (JarvisHarness agent = await StartAgentAsync(roles))
        {
            await agent.KillSwitch.ThrowIfActiveAsync(Ct);
            await Eventually.TrueAsync(async () => await roles.Outside.TextAsync("SELECT count(*) FROM jarvis.processes") == "1", Ct);
        }

        Assert.Equal("0", await roles.Outside.TextAsync("SELECT count(*) FROM jarvis.processes"));
    }

    private static Task<JarvisHarness> StartAgentAsync(RolesDatabase roles) => JarvisHarness.StartAsync(
        roles.ConnectionString(roles.Agent),
        options =>
        {
            options.AutoMigrate = false;
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(20);
        });

    private static ServiceProvider StartOperator(RolesDatabase roles)
    {
        ServiceCollection services = [];
        services.AddSingleton<EnvironmentVariables>(new TestEnvironment());
        services.AddJarvisOperator(options => (options.Database, options.AutoMigrate) = (roles.ConnectionString(roles.Operator), false));
        return services.BuildServiceProvider();
    }

    private static Task AcknowledgedAsync(ServiceProvider operators) => Eventually.TrueAsync(
        async () =>
        {
            KillSwitchProcessReport report = await operators.GetRequiredService<IKillSwitchProcesses>().GetProcessesAsync(Ct);
            return Assert.Single(report.Processes).SwitchVersion == report.CurrentVersion;
        },
        Ct);
}
