using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>One kernel with one tool that counts how often it runs and does what the test says.</summary>
internal sealed class CallRun
{
    private int _toolsStarted;

    public CallRun(JarvisHarness jarvis)
    {
        Jarvis = jarvis;
        Kernel = jarvis.Kernel;
        Tool = KernelFunctionFactory.CreateFromMethod(WorkAsync, "work");
        Kernel.Plugins.AddFromFunctions("Tools", [Tool]);
    }

    public JarvisHarness Jarvis { get; }

    public Kernel Kernel { get; }

    public KernelFunction Tool { get; }

    public int ToolsStarted => Volatile.Read(ref _toolsStarted);

    /// <summary>What the tool does, given how many ran before it.</summary>
    public Func<int, Kernel, Task>? OnToolAsync { get; set; }

    private async Task<string> WorkAsync(Kernel kernel)
    {
        int before = Interlocked.Increment(ref _toolsStarted) - 1;
        if (OnToolAsync is { } act)
        {
            await act(before, kernel);
        }

        return $"tool {before} is done";
    }
}
