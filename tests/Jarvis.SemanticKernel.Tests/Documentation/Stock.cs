using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.Tests.Documentation;

#region plugin
public sealed class Stock
{
    private readonly Dictionary<string, int> _left = new() { ["chains"] = 3 };

    [KernelFunction, Description("Says how many pieces of a product are left.")]
    public int CountOf(string product) => _left.GetValueOrDefault(product);
}
#endregion
