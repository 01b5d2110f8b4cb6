using System.Reflection;
using System.Runtime.CompilerServices;

namespace Jarvis.SemanticKernel.Tests.Plugins;

/// <summary>Every object that code holding another one could come to through fields, the closures of delegates included.</summary>
internal static class ObjectGraph
{
    public static IEnumerable<object> ReachableFrom(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance) { root };
        Stack<object> open = new([root]);
        while (open.TryPop(out object? current))
        {
            yield return current;
            foreach (object next in Neighbours(current))
            {
                if (!IsLeaf(next.GetType()) && (next.GetType().IsValueType || seen.Add(next)))
                {
                    open.Push(next);
                }
            }
        }
    }

    private static IEnumerable<object> Neighbours(object value)
    {
        if (value is Array array)
        {
            return array.Cast<object?>().OfType<object>();
        }

        if (value is Delegate { Target: { } target })
        {
            return [target];
        }

        List<object> found = [];
        for (Type? type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!IsLeaf(field.FieldType) && field.GetValue(value) is { } next)
                {
                    found.Add(next);
                }
            }
        }

        return found;
    }

    // Reflection describes code; threads lead everywhere, and so do timers, each of which knows the next one of the process: none is something that was handed to the plugin.
    private static bool IsLeaf(Type type) => type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsByRefLike || type == typeof(string) || type == typeof(decimal)
        || typeof(MemberInfo).IsAssignableFrom(type) || typeof(Assembly).IsAssignableFrom(type) || typeof(Module).IsAssignableFrom(type)
        || typeof(Thread).IsAssignableFrom(type) || typeof(ITimer).IsAssignableFrom(type) || type == typeof(ConditionalWeakTable<object, object>) || typeof(ExecutionContext).IsAssignableFrom(type);
}
