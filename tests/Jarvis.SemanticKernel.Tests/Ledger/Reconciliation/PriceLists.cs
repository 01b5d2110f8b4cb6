using System.Text.Json;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>The data of an answer of <c>/models</c>.</summary>
internal static class PriceLists
{
    public const string Model = "vendor/model";

    /// <summary>A list of one model, with more members of its pricing as JSON.</summary>
    public static JsonElement Of(string prompt, string completion, string more = "") =>
        Parse($$"""[{"id":"{{Model}}","canonical_slug":"vendor/model-20260101","pricing":{"prompt":"{{prompt}}","completion":"{{completion}}"{{more}}} }]""");

    public static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
