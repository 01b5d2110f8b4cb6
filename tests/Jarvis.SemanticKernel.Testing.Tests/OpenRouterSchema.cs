using NJsonSchema;

namespace Jarvis.SemanticKernel.Testing.Tests;

/// <summary>OpenRouter's published schemas; where they come from stands in Schemas/README.md.</summary>
internal static class OpenRouterSchema
{
    private static readonly Lazy<Task<JsonSchema>> Document = new(LoadAsync);

    public static async Task AssertValidAsync(string name, string json)
    {
        JsonSchema schema = (await Document.Value).Definitions[name];
        string[] faults = [.. schema.Validate(json).Select(fault => $"{fault.Path}: {fault.Kind}")];
        Assert.True(faults.Length == 0, $"{name}: {string.Join(", ", faults)} in {json}");
    }

    private static async Task<JsonSchema> LoadAsync()
    {
        await using Stream stream = typeof(OpenRouterSchema).Assembly.GetManifestResourceStream("openrouter.json")!;
        using var reader = new StreamReader(stream);
        return await JsonSchema.FromJsonAsync(await reader.ReadToEndAsync());
    }
}
