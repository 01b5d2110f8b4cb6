using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Jarvis.SemanticKernel.Tests.Architecture;

/// <summary>One room of the package names a type of another one. A contract is what users see, or an interface that a room declares for others to implement.</summary>
internal sealed record RoomReference(string From, string File, string To, string Type, bool IsContract)
{
    private const string Package = "src/Jarvis.SemanticKernel/";

    // What ImplicitUsings adds.
    private const string GlobalUsings =
        """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http;
        global using System.Threading; global using System.Threading.Tasks;
        """;

    public override string ToString() => $"{From} ({File}) names {To}'s {Type}";

    /// <summary>Finds every reference in the package and in what is planted beside it. A room is the first folder of a path.</summary>
    public static IReadOnlyList<RoomReference> Find(params (string Path, string Text)[] planted)
    {
        List<(string Path, string Text)> sources = [.. Repository.Files(Package, ".cs").Select(path => (path[Package.Length..], Repository.Read(path))), .. planted];
        var options = new CSharpParseOptions(LanguageVersion.CSharp14);
        SyntaxTree[] trees = [.. sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, options, source.Path))];
        var compilation = CSharpCompilation.Create(
            "Layers",
            [.. trees, CSharpSyntaxTree.ParseText(GlobalUsings, options)],
            Libraries(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        return [.. trees.SelectMany(tree => Find(tree, compilation)).Distinct()];
    }

    private static IEnumerable<RoomReference> Find(SyntaxTree tree, CSharpCompilation compilation)
    {
        SemanticModel model = compilation.GetSemanticModel(tree);
        string from = RoomOf(tree);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes().Where(node => node is SimpleNameSyntax or BaseObjectCreationExpressionSyntax))
        {
            foreach (INamedTypeSymbol type in TypesOf(model.GetSymbolInfo(node).Symbol))
            {
                if (type.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree is { } declared && RoomOf(declared) is var to && to != from && to.Length > 0)
                {
                    yield return new RoomReference(from, tree.FilePath, to, type.Name, type.DeclaredAccessibility == Accessibility.Public || type.TypeKind == TypeKind.Interface);
                }
            }
        }
    }

    // Using a member, an extension method included, is knowing its type, whether or not the code spells it.
    private static IEnumerable<INamedTypeSymbol> TypesOf(ISymbol? symbol) => symbol switch
    {
        INamedTypeSymbol type => [Outermost(type)],
        IMethodSymbol { MethodKind: MethodKind.Constructor } constructor => [Outermost(constructor.ContainingType)],
        { ContainingType: { } container } => [Outermost(container)],
        _ => [],
    };

    private static INamedTypeSymbol Outermost(INamedTypeSymbol type) => (type.ContainingType is { } outer ? Outermost(outer) : type).OriginalDefinition;

    private static string RoomOf(SyntaxTree tree) => tree.FilePath.Contains('/', StringComparison.Ordinal) ? tree.FilePath[..tree.FilePath.IndexOf('/', StringComparison.Ordinal)] : string.Empty;

    private static IEnumerable<MetadataReference> Libraries() =>
        from path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        where Path.GetFileNameWithoutExtension(path) is not "Jarvis.SemanticKernel" and var name && AssemblyName.GetAssemblyName(path).Name == name
        select MetadataReference.CreateFromFile(path);
}
