using Jarvis.SemanticKernel.Extensions;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Plugins;

public class PluginSelectionTests
{
    [Theory]
    [InlineData(JarvisPlugins.All, "CostReport,KillSwitch,Routing")]
    [InlineData(JarvisPlugins.Routing, "Routing")]
    [InlineData(JarvisPlugins.KillSwitch, "KillSwitch")]
    [InlineData(JarvisPlugins.CostReport, "CostReport")]
    [InlineData(JarvisPlugins.None, "")]
    public void Code_SwitchesPluginsOff(JarvisPlugins plugins, string expected) => Assert.Equal(expected, Names(plugins, null));

    [Theory]
    [InlineData("None", "")]
    [InlineData("killswitch", "KillSwitch")]
    [InlineData("KillSwitch, CostReport", "CostReport,KillSwitch")]
    public void Configuration_SwitchesPluginsOff(string plugins, string expected) => Assert.Equal(expected, Names(null, plugins));

    [Fact]
    public void Code_WinsOverConfiguration() => Assert.Equal("CostReport", Names(JarvisPlugins.CostReport, "KillSwitch"));

    [Fact]
    public void LaterCall_SwitchesOffWhatAnEarlierOneImported()
    {
        ServiceCollection services = [];
        services.AddJarvisRouting().AddJarvisRouting(options => options.Plugins = JarvisPlugins.None);

        Assert.DoesNotContain(services, service => service.ServiceType == typeof(KernelPlugin));
    }

    private static string Names(JarvisPlugins? inCode, string? inConfiguration)
    {
        IKernelBuilder builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<EnvironmentVariables>(new TestEnvironment(("OPENROUTER_API_KEY", "key")));
        builder.AddJarvisRouting(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Jarvis:Plugins", inConfiguration)]).Build());
        builder.AddJarvisRouting(options => options.Plugins = inCode ?? options.Plugins);
        return string.Join(',', builder.Build().Plugins.Select(plugin => plugin.Name).Order());
    }
}
