using Jarvis.SemanticKernel.Extensions;

namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>A process environment of the test's own.</summary>
internal sealed class TestEnvironment(params (string Name, string Value)[] variables) : EnvironmentVariables
{
    public override string? Get(string name) => Array.Find(variables, variable => variable.Name == name).Value;
}
