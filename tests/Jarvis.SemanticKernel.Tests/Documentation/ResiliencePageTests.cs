using System.Globalization;
using Jarvis.SemanticKernel.Tests.Architecture;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Jarvis.SemanticKernel.Tests.Documentation;

public class ResiliencePageTests
{
    private static readonly string[] Page = Repository.Read("docs/resilience.md").Split('\n');

    [Fact]
    public async Task Code_SetsWhatItSays()
    {
        await using JarvisHarness jarvis = await JarvisHarness.StartAsync(register: ResiliencePage.Configure);

        ResilienceOptions limits = jarvis.Services.GetRequiredService<IOptions<JarvisRoutingOptions>>().Value.Resilience;

        Assert.Equal((3, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30)), (limits.MaxRetries, limits.FirstByteTimeout, limits.CircuitBreaker.BreakDuration));
    }

    [Fact]
    public void Limits_AreAllThereWithTheirDefaults()
    {
        var limits = new ResilienceOptions();

        foreach ((string setting, object value) in Settings(limits).Concat(Settings(limits.CircuitBreaker).Select(pair => ($"CircuitBreaker:{pair.Setting}", pair.Value))))
        {
            Assert.Contains(Page, line => line.StartsWith($"| `{setting}` | {Shown(value)} |", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<(string Setting, object Value)> Settings(object options) =>
        from property in options.GetType().GetProperties()
        where property.CanWrite
        select (property.Name, property.GetValue(options)!);

    private static string Shown(object value) => value switch
    {
        TimeSpan { TotalHours: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours} h"),
        TimeSpan { TotalMinutes: >= 1 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes} min"),
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        bool isOn => isOn ? "true" : "false",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };
}
