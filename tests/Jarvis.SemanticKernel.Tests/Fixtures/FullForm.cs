namespace Jarvis.SemanticKernel.Tests.Fixtures;

/// <summary>How long the long runs are: short in the gate, whole with JARVIS_TEST_FULL=1. docs/reliability.md keeps the last whole result of each.</summary>
internal static class FullForm
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("JARVIS_TEST_FULL") == "1";

    public static int Of(int whole, int inTheGate) => IsOn ? whole : inTheGate;
}
