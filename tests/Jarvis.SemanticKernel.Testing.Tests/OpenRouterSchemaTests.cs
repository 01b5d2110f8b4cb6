using Xunit.Sdk;

namespace Jarvis.SemanticKernel.Testing.Tests;

/// <summary>Proves that the schema check can fail: inside a reference, in an array, and on a wrong type.</summary>
public sealed class OpenRouterSchemaTests
{
    [Theory]
    [InlineData("""{"id":"g","object":"chat.completion","created":1,"model":"m","system_fingerprint":null,"choices":[{"index":"0","finish_reason":"stop","message":{"role":"assistant"}}]}""")]
    [InlineData("""{"id":"g","object":"chat.completion","created":1,"model":"m","system_fingerprint":null,"choices":[{"index":0,"finish_reason":"because","message":{"role":"assistant"}}]}""")]
    [InlineData("""{"id":"g","object":"chat.completion","created":1,"model":"m","choices":[]}""")]
    [InlineData("""{"id":"g","object":"chat.completion","created":1,"model":"m","system_fingerprint":null,"choices":[],"usage":{"prompt_tokens":1}}""")]
    public async Task AssertValid_WrongBody_Throws(string json) =>
        await Assert.ThrowsAsync<TrueException>(() => OpenRouterSchema.AssertValidAsync("ChatResult", json));
}
