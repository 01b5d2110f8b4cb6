namespace Jarvis.SemanticKernel.Extensions;

/// <summary>The process environment, replaceable in tests. A variable that is set but empty is there: an empty model is a fault, not a default.</summary>
internal class EnvironmentVariables
{
    public virtual string? Get(string name) => Environment.GetEnvironmentVariable(name);
}
