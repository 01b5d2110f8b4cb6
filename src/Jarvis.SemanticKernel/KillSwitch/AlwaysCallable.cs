using Microsoft.SemanticKernel;

namespace Jarvis.SemanticKernel.KillSwitch;

/// <summary>
/// Marks functions that only read and stay callable while the switch is active, so that a stopped program can still say why and what it cost. The mark is an
/// object only this assembly has: a function of the same name does not carry it.
/// </summary>
internal static class AlwaysCallable
{
    private const string Key = "jarvis.always_callable";
    private static readonly object Mark = new();

    public static KernelFunction Make(Delegate method, string name, string description) => KernelFunctionFactory.CreateFromMethod(
        method,
        new KernelFunctionFromMethodOptions
        {
            FunctionName = name,
            Description = description,
            AdditionalMetadata = new(new Dictionary<string, object?> { [Key] = Mark }),
        });

    public static bool Contains(KernelFunction function) =>
        function.Metadata.AdditionalProperties.TryGetValue(Key, out object? mark) && ReferenceEquals(mark, Mark);
}
