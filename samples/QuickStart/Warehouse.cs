using System.Collections.Concurrent;
using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace QuickStart;

/// <summary>The tools of the agent: an ordinary plugin that knows nothing of Jarvis.</summary>
internal sealed class Warehouse
{
    private readonly ConcurrentDictionary<string, int> _stock = new(StringComparer.OrdinalIgnoreCase) { ["chains"] = 3, ["tyres"] = 12, ["saddles"] = 1 };
    private readonly TaskCompletionSource _secondOrder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _started;
    private int _orders;

    /// <summary>Gets how many tools were started.</summary>
    public int Started => _started;

    /// <summary>Gets a task that ends when the second order is under way.</summary>
    public Task SecondOrder => _secondOrder.Task;

    [KernelFunction, Description("Says how many pieces of a product are in stock.")]
    public int Stock([Description("chains, tyres or saddles")] string product)
    {
        Interlocked.Increment(ref _started);
        int left = _stock.GetValueOrDefault(product);
        Screen.Tool($"stock({product})", $"{left} left");
        return left;
    }

    [KernelFunction, Description("Orders pieces of a product from the supplier.")]
    public async Task<string> OrderAsync([Description("chains, tyres or saddles")] string product, int pieces)
    {
        Interlocked.Increment(ref _started);
        int order = Interlocked.Increment(ref _orders);
        if (order == 2)
        {
            _secondOrder.TrySetResult();
        }

        await Task.Delay(TimeSpan.FromMilliseconds(250));
        _stock.AddOrUpdate(product, pieces, (_, left) => left + pieces);
        Screen.Tool($"order({product}, {pieces})", $"order no. {order}");
        return $"Order no. {order} is placed.";
    }
}
