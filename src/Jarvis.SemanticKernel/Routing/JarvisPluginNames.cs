namespace Jarvis.SemanticKernel.Routing;

/// <summary>The names of plugins that more than one room has to know.</summary>
internal static class JarvisPluginNames
{
    public const string Routing = "Routing";
}
