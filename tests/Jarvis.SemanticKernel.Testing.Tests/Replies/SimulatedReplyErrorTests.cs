using System.Net;
using System.Text.Json;

namespace Jarvis.SemanticKernel.Testing.Tests;

public sealed class SimulatedReplyErrorTests : SimulatorTest
{
    private const string Model = "anthropic/claude-opus-4.6";
    private static readonly DateTimeOffset Reset = DateTimeOffset.FromUnixTimeMilliseconds(1786924800000);

    private static readonly Dictionary<string, (int Status, string Schema, SimulatedReply Reply, string Metadata, string? Availability)> Kinds = new()
    {
        ["InvalidModel"] = (400, "BadRequestResponse", SimulatedReply.InvalidModel("acme/fake"), "", "model_not_found"),
        ["InvalidRequest"] = (400, "BadRequestResponse", SimulatedReply.InvalidRequest("temperature must be a number"), "", null),
        ["ContextTooLong"] = (400, "BadRequestResponse", SimulatedReply.ContextTooLong(), "error_type", null),
        ["MissingAuthentication"] = (401, "UnauthorizedResponse", SimulatedReply.MissingAuthentication(), "", null),
        ["UnknownKey"] = (401, "UnauthorizedResponse", SimulatedReply.UnknownKey(), "", null),
        ["InsufficientCredits"] = (402, "PaymentRequiredResponse", SimulatedReply.InsufficientCredits(), "limit_source provider_name remedy_hint", null),
        ["KeyLimitTooLow"] = (402, "PaymentRequiredResponse", SimulatedReply.KeyLimitTooLow(), "limit_source remedy_hint", null),
        ["InFlightBudget"] = (402, "PaymentRequiredResponse", SimulatedReply.InFlightBudget(), "limit_source reason remedy_hint", null),
        ["InFlightWeightTooLarge"] = (402, "PaymentRequiredResponse", SimulatedReply.InFlightWeightTooLarge(), "limit_source reason remedy_hint", null),
        ["KeyLimit"] = (403, "ForbiddenResponse", SimulatedReply.KeyLimit(resetsAt: Reset), "limit_source limit_usd resets_at scope spend_usd", null),
        ["BudgetSpent"] = (403, "ForbiddenResponse", SimulatedReply.BudgetSpent(), "limit_source", null),
        ["Moderation"] = (403, "ForbiddenResponse", SimulatedReply.Moderation(Model, "bad words"), "flagged_input model_slug provider_name reasons", null),
        ["Guardrail"] = (403, "ForbiddenResponse", SimulatedReply.Guardrail("iban"), "patterns", null),
        ["RegionRestricted"] = (403, "ForbiddenResponse", SimulatedReply.RegionRestricted(Model), "", "region_restricted"),
        ["NoEndpoints"] = (404, "NotFoundResponse", SimulatedReply.NoEndpoints(Model), "", "no_endpoints"),
        ["ModelGone"] = (404, "NotFoundResponse", SimulatedReply.ModelGone(Model), "", "model_deprecated"),
        ["RequestTimeout"] = (408, "RequestTimeoutResponse", SimulatedReply.RequestTimeout(), "error_type", null),
        ["PayloadTooLarge"] = (413, "PayloadTooLargeResponse", SimulatedReply.PayloadTooLarge(), "", null),
        ["Unprocessable"] = (422, "UnprocessableEntityResponse", SimulatedReply.Unprocessable(), "", null),
        ["RateLimitedUpstream"] = (429, "TooManyRequestsResponse", SimulatedReply.RateLimitedUpstream(), "is_byok limit_source provider_name raw remedy_hint", null),
        ["FreeTierDaily"] = (429, "TooManyRequestsResponse", SimulatedReply.FreeTierDaily(Reset), "headers limit_source provider_name", null),
        ["FreeTierPerMinute"] = (429, "TooManyRequestsResponse", SimulatedReply.FreeTierPerMinute(Reset), "headers provider_name", null),
        ["ServerError"] = (500, "InternalServerResponse", SimulatedReply.ServerError(), "error_type", null),
        ["ProviderUnavailable"] = (502, "BadGatewayResponse", SimulatedReply.ProviderUnavailable(), "error_type provider_name raw", null),
        ["NoProvider"] = (503, "ServiceUnavailableResponse", SimulatedReply.NoProvider(Model), "error_type", "temporarily_unavailable"),
        ["EdgeTimeout"] = (524, "EdgeNetworkTimeoutResponse", SimulatedReply.EdgeTimeout(), "", null),
        ["Overloaded"] = (529, "ProviderOverloadedResponse", SimulatedReply.Overloaded(), "provider_name", null),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Factory_OnTheWire_HasStatusBodyAndMetadataOfItsKind(string name)
    {
        (int status, string schema, SimulatedReply reply, string metadata, string? availability) = Kinds[name];
        Simulator.Enqueue(reply);

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());
        string text = await response.Content.ReadAsStringAsync(Ct);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.False(response.Headers.Contains("X-Generation-Id"));
        await OpenRouterSchema.AssertValidAsync(schema, text);
        JsonElement error = Parse(text).GetProperty("error");
        Assert.Equal(status, error.GetProperty("code").GetInt32());
        Assert.Equal(metadata, error.TryGetProperty("metadata", out JsonElement found) ? string.Join(' ', KeysOf(found)) : string.Empty);
        Assert.Equal(availability, error.TryGetProperty("availability", out JsonElement why) ? why.GetProperty("code").GetString() : null);
        Assert.Equal(status != 401 && name != "RateLimitedUpstream", Parse(text).TryGetProperty("user_id", out _));
        Assert.Empty(Simulator.Billed);
    }

    [Fact]
    public async Task Availability_Always_HasTheFourPromisedFields()
    {
        Simulator.Enqueue(SimulatedReply.NoProvider(Model, TimeSpan.FromSeconds(4.2)));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        JsonElement availability = Parse(await response.Content.ReadAsStringAsync(Ct)).GetProperty("error").GetProperty("availability");
        Assert.Equal(["affected_providers", "code", "docs_url", "requested_models", "retry_after", "retryable"], KeysOf(availability));
        Assert.Equal(5, availability.GetProperty("retry_after").GetInt32());
        Assert.Equal("5", Assert.Single(response.Headers.GetValues("Retry-After")));
    }

    [Theory]
    [InlineData(true, "11")]
    [InlineData(false, null)]
    public async Task RateLimitedUpstream_WithAndWithoutHint_SendsRetryAfterOnlyThen(bool hasHint, string? expected)
    {
        Simulator.Enqueue(SimulatedReply.RateLimitedUpstream(retryAfter: hasHint ? TimeSpan.FromSeconds(10.9) : null));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        Assert.Equal(expected, response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.Single() : null);
    }

    [Fact]
    public async Task FreeTierDaily_Headers_AreRepeatedInTheMetadataInMilliseconds()
    {
        Simulator.Enqueue(SimulatedReply.FreeTierDaily(Reset));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        JsonElement headers = Parse(await response.Content.ReadAsStringAsync(Ct)).GetProperty("error").GetProperty("metadata").GetProperty("headers");
        Assert.Equal("1786924800000", Assert.Single(response.Headers.GetValues("X-RateLimit-Reset")));
        Assert.Equal("1786924800000", headers.GetProperty("X-RateLimit-Reset").GetString());
        Assert.Equal("50", headers.GetProperty("X-RateLimit-Limit").GetString());
    }

    [Fact]
    public async Task ErrorInside200_NotStreamed_HasIdAndErrorButNoChoices()
    {
        Simulator.Enqueue(SimulatedReply.ErrorInside200(502, "Provider returned error"));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        JsonElement body = Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["error", "id", "user_id"], KeysOf(body));
        Assert.Equal(body.GetProperty("id").GetString(), Assert.Single(response.Headers.GetValues("X-Generation-Id")));
        Assert.Empty(Simulator.Billed);
    }

    [Fact]
    public async Task ErrorInChoice_NotStreamed_KeepsTheTextBesideTheError()
    {
        Simulator.Enqueue(SimulatedReply.ErrorInChoice("Half of", 502, "Upstream connection dropped"));

        string text = await Client.ChatTextAsync();

        await OpenRouterSchema.AssertValidAsync("ChatResult", text);
        JsonElement choice = Parse(text).GetProperty("choices")[0];
        Assert.Equal("Half of", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("error", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(502, choice.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Raw_Bytes_ArriveAsGiven()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, 0x00, 0xC3, 0x28];
        Simulator.Enqueue(SimulatedReply.Raw(599, [KeyValuePair.Create("Content-Type", "text/odd"), KeyValuePair.Create("X-Odd", "1")], bytes));

        using HttpResponseMessage response = await Client.ChatAsync(SimulatorClient.Request());

        Assert.Equal((HttpStatusCode)599, response.StatusCode);
        Assert.Equal("text/odd", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("X-Odd")));
        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public void Error_MetadataThatIsNoObject_IsRefused(string metadata) =>
        Assert.Throws<ArgumentException>("metadataJson", () => SimulatedReply.Error(400, "x", metadata));
}
