using System.Net;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing.Tests;

public sealed class AccountEndpointTests : SimulatorTest
{
    private const string ManagementKey = "sk-or-v1-management";

    [Fact]
    public async Task Key_AfterCalls_ShowsTheSpendOfEachWindow()
    {
        Simulator.DefaultReply = SimulatedReply.Text("x").WithUsage(10, 5, "0.25");
        await Client.ChatTextAsync();
        Clock.Advance(TimeSpan.FromDays(1));
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(10, 5, "0.05", upstreamCostJson: "1.5"));
        await Client.ChatTextAsync();

        string text = await Client.GetTextAsync("/key");

        await OpenRouterSchema.AssertValidAsync("KeyResponse", text);
        JsonElement data = Parse(text).GetProperty("data");
        Assert.Equal("0.30", data.GetProperty("usage").GetRawText());
        Assert.Equal(0.05m, data.GetProperty("usage_daily").GetDecimal());

        // The first call was on a Sunday; weeks start on Monday.
        Assert.Equal(0.05m, data.GetProperty("usage_weekly").GetDecimal());
        Assert.Equal(0.30m, data.GetProperty("usage_monthly").GetDecimal());
        Assert.Equal(1.5m, data.GetProperty("byok_usage").GetDecimal());
        Assert.Equal(20m, data.GetProperty("limit").GetDecimal());
        Assert.Equal(19.7m, data.GetProperty("limit_remaining").GetDecimal());
    }

    // @openrouter/sdk 1.3.19 rejects an answer without these, although the published schema does not know them.
    [Theory]
    [InlineData("allowed_data_regions", JsonValueKind.Array)]
    [InlineData("free_model_daily_requests", JsonValueKind.Object)]
    [InlineData("organization_id", JsonValueKind.String)]
    [InlineData("workspace_id", JsonValueKind.String)]
    public async Task Key_NewerFields_AreThere(string name, JsonValueKind kind) =>
        Assert.Equal(kind, Parse(await Client.GetTextAsync("/key")).GetProperty("data").GetProperty(name).ValueKind);

    [Fact]
    public async Task Key_OlderAlias_AnswersTheSame() => Assert.Equal(await Client.GetTextAsync("/key"), await Client.GetTextAsync("/auth/key"));

    [Fact]
    public async Task Credits_InferenceKey_IsForbidden()
    {
        using HttpResponseMessage response = await Client.GetAsync("/credits");

        string text = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        await OpenRouterSchema.AssertValidAsync("ForbiddenResponse", text);
        Assert.Equal("Only management keys can perform this operation", Parse(text).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task ManagementKey_MayReadCreditsAndNotChat()
    {
        using var management = new SimulatorClient(Simulator, ManagementKey);
        await Client.ChatTextAsync();

        string credits = await management.GetTextAsync("/credits");
        using HttpResponseMessage chat = await management.ChatAsync(SimulatorClient.Request());

        await OpenRouterSchema.AssertValidAsync("CreditsResponse", credits);
        Assert.Equal(Simulator.TotalBilledUsd, Parse(credits).GetProperty("data").GetProperty("total_usage").GetDecimal());
        Assert.Equal(HttpStatusCode.Forbidden, chat.StatusCode);
    }

    [Fact]
    public async Task Models_PriceList_IsShownAsTextPerToken()
    {
        string text = await Client.GetTextAsync("/models");

        await OpenRouterSchema.AssertValidAsync("ModelsListResponse", text);
        JsonElement opus = Parse(text).GetProperty("data").EnumerateArray().Single(model => model.GetProperty("id").GetString() == "anthropic/claude-opus-4.6");
        Assert.Equal("0.000005", opus.GetProperty("pricing").GetProperty("prompt").GetString());
        Assert.Equal("0.00000625", opus.GetProperty("pricing").GetProperty("input_cache_write").GetString());
        Assert.Equal(3, Parse(text).GetProperty("total_count").GetInt32());
    }

    [Fact]
    public async Task Generation_UntilTheDelayHasPassed_IsNotFound()
    {
        string id = Parse(await Client.ChatTextAsync()).GetProperty("id").GetString()!;
        Clock.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));

        using (HttpResponseMessage early = await Client.GetAsync($"/generation?id={id}"))
        {
            string text = await early.Content.ReadAsStringAsync(Ct);
            Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
            Assert.Equal($$$"""{"error":{"message":"Generation {{{id}}} not found","code":404}}""", text);
            await OpenRouterSchema.AssertValidAsync("NotFoundResponse", text);
        }

        Clock.Advance(TimeSpan.FromTicks(1));
        await OpenRouterSchema.AssertValidAsync("GenerationResponse", await Client.GetTextAsync($"/generation?id={id}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0.0033")]
    public async Task Generation_OfACutStream_AgreesWithTheBill(string? upstream)
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(812, 164, "0.004896", 10, 0, 7, upstream).CutAfterChunks(1));
        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request(stream: true));
        await Simulator.Requests[0].Completion;
        Clock.Advance(TimeSpan.FromSeconds(20));

        string text = await Client.GetTextAsync($"/generation?id={Assert.Single(response.Headers.GetValues("X-Generation-Id"))}");

        await OpenRouterSchema.AssertValidAsync("GenerationResponse", text);
        JsonElement data = Parse(text).GetProperty("data");
        BilledCall billed = Assert.Single(Simulator.Billed);
        Assert.Equal(billed.GenerationId, data.GetProperty("id").GetString());
        Assert.Equal(billed.CostUsd - billed.UpstreamCostUsd, data.GetProperty("total_cost").GetDecimal());
        Assert.Equal(upstream ?? "0", data.GetProperty("upstream_inference_cost").GetRawText());
        Assert.Equal(812, data.GetProperty("native_tokens_prompt").GetInt32());
        Assert.Equal(164, data.GetProperty("native_tokens_completion").GetInt32());
        Assert.Equal(10, data.GetProperty("native_tokens_cached").GetInt32());
        Assert.Equal(7, data.GetProperty("native_tokens_reasoning").GetInt32());
        Assert.True(data.GetProperty("streamed").GetBoolean());
        Assert.Equal(upstream is not null, data.GetProperty("is_byok").GetBoolean());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Generation_Cancelled_SaysWhetherTheClientLeft(bool leaves)
    {
        var gate = new TaskCompletionSource();
        Simulator.Enqueue(SimulatedReply.Text("x").PauseAfterChunk(1, gate.Task));
        using (await Client.ChatAsync(SimulatorClient.Request(stream: true)))
        {
            if (!leaves)
            {
                gate.SetResult();
                await Simulator.Requests[0].Completion.WaitAsync(Ct);
            }
        }

        await Simulator.Requests[0].Completion.WaitAsync(Ct);
        Clock.Advance(TimeSpan.FromSeconds(20));

        JsonElement data = Parse(await Client.GetTextAsync($"/generation?id={Simulator.Billed[0].GenerationId}")).GetProperty("data");
        Assert.Equal(leaves, data.GetProperty("cancelled").GetBoolean());
    }

    [Fact]
    public async Task Generation_OfAFailureInside200_CostsNothing()
    {
        Simulator.Enqueue(SimulatedReply.ErrorInside200(502, "Provider returned error"));
        string id = Parse(await Client.ChatTextAsync()).GetProperty("id").GetString()!;
        Clock.Advance(TimeSpan.FromSeconds(20));

        JsonElement data = Parse(await Client.GetTextAsync($"/generation?id={id}")).GetProperty("data");

        Assert.Equal("0", data.GetProperty("total_cost").GetRawText());
        Assert.Equal("error", data.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task GenerationReads_AnswerInTurn_ThenTheRowDoes()
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(812, 164, "0.004896").WithGenerationReads(
            SimulatedGenerationRead.NotFound,
            SimulatedGenerationRead.NotFinished,
            SimulatedGenerationRead.Of(SimulatedReply.NoProvider("vendor/model", TimeSpan.FromSeconds(9)))));
        string id = Parse(await Client.ChatTextAsync()).GetProperty("id").GetString()!;

        // Only questions after the delay count.
        Assert.Equal(HttpStatusCode.NotFound, (await ReadAsync()).Status);
        Clock.Advance(TimeSpan.FromSeconds(20));

        (HttpStatusCode status, string text) = await ReadAsync();
        Assert.Equal(HttpStatusCode.NotFound, status);
        await OpenRouterSchema.AssertValidAsync("NotFoundResponse", text);

        (status, text) = await ReadAsync();
        JsonElement early = Parse(text).GetProperty("data");
        Assert.Equal(HttpStatusCode.OK, status);
        await OpenRouterSchema.AssertValidAsync("GenerationResponse", text);
        Assert.Equal((0, 0, 0m), (early.GetProperty("native_tokens_prompt").GetInt32(), early.GetProperty("native_tokens_completion").GetInt32(), early.GetProperty("total_cost").GetDecimal()));
        Assert.Equal(JsonValueKind.Null, early.GetProperty("finish_reason").ValueKind);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ReadAsync()).Status);
        for (int i = 0; i < 2; i++)
        {
            (_, text) = await ReadAsync();
            await OpenRouterSchema.AssertValidAsync("GenerationResponse", text);
            Assert.Equal("0.004896", Parse(text).GetProperty("data").GetProperty("total_cost").GetRawText());
        }

        async Task<(HttpStatusCode Status, string Text)> ReadAsync()
        {
            using HttpResponseMessage response = await Client.GetAsync($"/generation?id={id}");
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
        }
    }

    [Fact]
    public async Task WithoutGeneration_IsNeverFoundAndBilledAllTheSame()
    {
        Simulator.Enqueue(SimulatedReply.Text("x").WithUsage(812, 164, "0.004896").WithoutGeneration());
        string id = Parse(await Client.ChatTextAsync()).GetProperty("id").GetString()!;
        Clock.Advance(TimeSpan.FromDays(1));

        using HttpResponseMessage response = await Client.GetAsync($"/generation?id={id}");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(0.004896m, Simulator.TotalBilledUsd);
    }

    [Fact]
    public async Task OnRead_Script_AnswersFirst()
    {
        Simulator.OnRead = path => path == "/key" ? SimulatedReply.ServerError() : null;

        using HttpResponseMessage key = await Client.GetAsync("/key");
        using HttpResponseMessage models = await Client.GetAsync("/models");

        Assert.Equal(HttpStatusCode.InternalServerError, key.StatusCode);
        Assert.Equal(HttpStatusCode.OK, models.StatusCode);
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/chat/completions")]
    [InlineData("/../../elsewhere")]
    public async Task UnknownPath_Get_IsNotFoundInJson(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        await OpenRouterSchema.AssertValidAsync("NotFoundResponse", await response.Content.ReadAsStringAsync(Ct));
    }

    protected override void Configure(OpenRouterSimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.ManagementKey = ManagementKey;
        options.KeyLimitUsd = 20m;
        options.GenerationDelay = TimeSpan.FromSeconds(20);
    }
}
