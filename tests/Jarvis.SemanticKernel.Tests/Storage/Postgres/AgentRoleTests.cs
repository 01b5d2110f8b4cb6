using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.Plugins;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Npgsql;

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

    [Fact]
    public async Task Agent_SettlesItsCallsInTheBackground_SeesWhatIsLeft_AndAnswersEveryQuestionAboutMoney()
    {
        await using RolesDatabase roles = await CreateWithStrategiesAsync();
        await using OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { ApiKey = JarvisHarness.ApiKey, KeyLimitUsd = 10m }, Ct);
        await using JarvisHarness agent = await StartAgentAsync(roles, upstream, options =>
        {
            options.Ledger.Reconciliation.IsEnabled = true;
            options.Ledger.Reconciliation.FirstWait = TimeSpan.FromMilliseconds(10);
        });
        upstream.Enqueue(SimulatedReply.Text("one two three four").WithUsage(812, 164, "0.5").CutAfterChunks(2));

        await Assert.ThrowsAnyAsync<ModelCallException>(async () =>
        {
            await foreach (StreamingChatMessageContent piece in agent.Chat("mid").GetStreamingChatMessageContentsAsync("Work", cancellationToken: Ct))
            {
                Assert.NotNull(piece);
            }
        });
        await Eventually.TrueAsync(
            async () => await roles.Outside.TextAsync(
                "SELECT count(*) FROM jarvis.call_details d JOIN jarvis.corrections USING (call_id) JOIN ai_calls a ON a.id = d.ai_call_id AND a.cost_usd = 0.5 WHERE d.cost_source = 'reconciled'") == "1",
            Ct);
        await agent.Services.GetRequiredService<ICreditMonitor>().CheckAsync(Ct);

        ICostReport costs = agent.Services.GetRequiredService<ICostReport>();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.Equal(0.5m, (await costs.GetCallsAsync(cancellationToken: Ct)).Single().CostUsd);
        Assert.True((await costs.GetSpendAsync(new() { From = now.AddHours(-1), To = now.AddHours(1), GroupBy = [SpendGrouping.Agent, SpendGrouping.Hour], WithLatency = true }, Ct)).IsFromRawRows);
        Assert.Equal(1, (await costs.ProjectMonthAsync(cancellationToken: Ct)).Calls);
        ProfitAndLossQuery profit = new() { From = now.AddHours(-1), To = now.AddHours(1), By = ProfitAndLossGrouping.Goal };
        Assert.Equal(1, (await costs.GetProfitAndLossAsync(profit, Ct)).Lines.Single(line => line.RevenueUsd == 3m).Goal);
        Assert.Equal("1", (await costs.GetProfitAndLossAsync(profit with { By = ProfitAndLossGrouping.Strategy }, Ct)).Lines.Single(line => line.RevenueUsd == 3m).Strategy);
        Assert.NotNull(await costs.GetCreditsAsync(Ct));
        KernelPlugin plugin = CostReportPlugin.Create(costs, TimeProvider.System, () => "run");
        Assert.Equal(5, plugin.FunctionCount);
        foreach (KernelFunction question in plugin)
        {
            string? answer = (await question.InvokeAsync(agent.Kernel, new() { ["period"] = "today", ["cost_usd"] = "0.5", ["costUsd"] = "0.5" }, Ct)).GetValue<string>();
            Assert.DoesNotContain("cannot", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Agent_FoldsTheSums_AndMendsLinksOfRowsThatAreGone()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await using PostgresStorage agent = Open(roles, roles.Agent);
        await agent.Calls.AppendAsync([Records.Billed(1m), Records.Billed(2m)], Ct);
        await roles.Outside.ExecuteAsync("DELETE FROM ai_calls WHERE cost_usd = 1; UPDATE ai_calls SET tier = 'other'");

        await Eventually.TrueAsync(
            async () =>
            {
                await roles.ExecuteAsync(roles.Agent, "SELECT jarvis.compact_spend()");
                return await roles.Outside.TextAsync("SELECT (SELECT count(*) FROM jarvis.spend_deltas) || ' ' || (SELECT count(*) FROM jarvis.spend_pending)") == "0 0";
            },
            Ct);

        Assert.Equal("1 1", await roles.Outside.TextAsync("SELECT count(ai_call_id) || ' ' || count(billed_as) FROM jarvis.call_details"));
        Assert.Equal(3m, (await agent.SpendAsync(Records.Noon, Records.Noon.AddHours(1), SpendGrouping.Model)).Sum(line => line.CostUsd));
    }

    [Fact]
    public async Task ComputedCost_IsReplacedByAnOperator_NotByAnAgent()
    {
        await using RolesDatabase roles = await RolesDatabase.CreateAsync(server);
        await using PostgresStorage agent = Open(roles, roles.Agent);
        await using PostgresStorage person = Open(roles, roles.Operator);
        AiCallRecord record = Records.Billed(2m) with { CostSource = CostSource.Computed };
        await agent.Calls.AppendAsync([record], Ct);
        CallCorrection found = new() { CallId = record.CallId, Source = CostSource.Reconciled, CostUsd = 3m, At = Records.Noon.AddMinutes(1), AskedBy = CallCorrection.Operator };

        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => agent.Corrections.CorrectAsync(found, Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        Assert.Equal("2", await roles.Outside.TextAsync("SELECT trim_scale(cost_usd)::text FROM ai_calls"));

        Assert.True(await person.Corrections.CorrectAsync(found, Ct));
        Assert.Equal("3", await roles.Outside.TextAsync("SELECT trim_scale(cost_usd)::text FROM ai_calls"));
        Assert.Equal(3m, Assert.Single(await person.SpendAsync(Records.Noon, Records.Noon.AddHours(1), SpendGrouping.Tier)).CostUsd);
    }

    [Theory]
    [InlineData("UPDATE operating_costs SET amount_usd = 0")]
    [InlineData("DELETE FROM operating_costs")]
    [InlineData("UPDATE revenue SET amount_usd = 0")]
    [InlineData("DELETE FROM revenue")]
    [InlineData("DELETE FROM ai_calls")]
    [InlineData("UPDATE ai_calls SET goal_id = 1")]
    [InlineData("UPDATE jarvis.call_details SET started_at = now()")]
    [InlineData("DELETE FROM jarvis.call_details")]
    [InlineData("UPDATE jarvis.corrections SET cost_usd_after = 0")]
    [InlineData("DELETE FROM jarvis.corrections")]
    [InlineData("UPDATE jarvis.bookings SET goal_id = 1")]
    [InlineData("DELETE FROM jarvis.balances")]
    [InlineData("SELECT hypothesis FROM strategies")]
    [InlineData("UPDATE strategies SET goal_id = 1")]
    public async Task Operator_AddsAndCorrects_AndErasesNothing(string statement)
    {
        await using RolesDatabase roles = await CreateWithStrategiesAsync();

        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => roles.ExecuteAsync(roles.Operator, statement));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static PostgresStorage Open(RolesDatabase roles, string login) => new(roles.Outside, ownsDatabase: false, autoMigrate: false, roles.ConnectionString(login));

    // As the TypeScript program leaves it: a strategy that earned something, and the goal that it serves.
    private async Task<RolesDatabase> CreateWithStrategiesAsync()
    {
        PostgresDatabase database = await server.CreateDatabaseAsync();
        await ForeignDatabase.CreateAsync(database, "always");
        await database.ExecuteAsync(
            $"""
            {ForeignFigures.Strategies}
            INSERT INTO goals (source, description) VALUES ('agent-discovered', 'Sell');
            INSERT INTO strategies (goal_id, hypothesis) VALUES (1, 'People buy');
            DELETE FROM ai_calls;
            DELETE FROM revenue;
            INSERT INTO revenue (strategy_id, amount_usd) VALUES ('1', 3);
            """);
        return await RolesDatabase.CreateAsync(database);
    }

    private static Task<JarvisHarness> StartAgentAsync(RolesDatabase roles, OpenRouterSimulator? upstream = null, Action<JarvisRoutingOptions>? configure = null) => JarvisHarness.StartAsync(
        roles.ConnectionString(roles.Agent),
        options =>
        {
            options.AutoMigrate = false;
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(20);
            configure?.Invoke(options);
        },
        upstream: upstream,
        ownsUpstream: upstream is null);

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
