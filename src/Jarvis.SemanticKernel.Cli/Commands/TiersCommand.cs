using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Doctor;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class TiersCommand
{
    private const string Default = "default";

    // The endpoint is asked once, and has a limit of its own.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Command Create(GlobalOptions options)
    {
        Command command = new("tiers", "Say what serves each tier, as environment and defaults have it: model, fallback models, max tokens, endpoint, and the price where the endpoint tells it. Costs nothing.");
        command.SetAction(CommandRunner.For(options, (run, _, token) => RunAsync(run, token), Patience, readsModelSettings: true));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        JarvisRoutingOptions options = run.Options;
        ModelPriceList prices = await ModelPriceList.ReadAsync(options, cancellationToken);
        TiersDocument document = new(
            run.Database,
            EndpointCheck.Shown(options.Endpoint ?? JarvisRoutingOptions.DefaultEndpoint),
            Source("OPENROUTER_BASE_URL"),
            options.DefaultTier,
            [.. options.Tiers.Select(tier => Describe(tier.Key, tier.Value, prices))],
            prices.Failure);
        run.Print(document, CliJson.Default.TiersDocument, screen => Show(screen, document));
        return ExitCode.Ok;
    }

    private static TierDocument Describe(string name, TierOptions tier, ModelPriceList prices) => new(
        name, tier.Model!, Source($"JARVIS_MODEL_{name.ToUpperInvariant()}"), tier.FallbackModels, tier.MaxTokens, prices.Find(tier.Model!));

    private static string Source(string variable) => Environment.GetEnvironmentVariable(variable) is null ? Default : variable;

    private static void Show(Terminal screen, TiersDocument document)
    {
        screen.Fact("endpoint", $"{document.Endpoint} ({document.EndpointSource})");
        screen.Fact("default", document.DefaultTier);
        if (document.PricesUnknown is { } failure)
        {
            screen.Fact("prices", $"unknown: {failure}");
        }

        screen.Table(["Tier", "Max tokens", "In", "Out", "Model", "From", "Fallbacks"], document.Tiers.Select(tier => new[]
        {
            tier.Name,
            tier.MaxTokens.ToString(CultureInfo.InvariantCulture),
            Usd(tier.UsdPerMillionTokens?.Prompt),
            Usd(tier.UsdPerMillionTokens?.Completion),
            tier.Model,
            tier.ModelSource,
            tier.FallbackModels.Any() ? string.Join(", ", tier.FallbackModels) : "none",
        }));
        screen.Text("Prices are USD for a million tokens, as the endpoint lists them. Tiers, models and limits that a program sets in its own code or configuration are not known here.");
    }

    private static string Usd(decimal? price) => price?.ToString("0.##########", CultureInfo.InvariantCulture) ?? "unknown";
}
