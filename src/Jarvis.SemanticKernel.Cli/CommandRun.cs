using System.Text.Json.Serialization.Metadata;
using Jarvis.SemanticKernel.Cli.Output;
using Microsoft.Extensions.DependencyInjection;

namespace Jarvis.SemanticKernel.Cli;

/// <summary>What a command that acts on a database has in its hands.</summary>
internal sealed class CommandRun(IServiceProvider services, bool asJson, string database)
{
    private Terminal? _screen;

    /// <summary>Gets which database the command acts on. Printed by every command.</summary>
    public string Database => database;

    public IJarvisDatabase Tables => services.GetRequiredService<IJarvisDatabase>();

    public IKillSwitch KillSwitch => services.GetRequiredService<IKillSwitch>();

    public IKillSwitchProcesses Processes => services.GetRequiredService<IKillSwitchProcesses>();

    public IKillSwitchOperator Operator => services.GetRequiredService<IKillSwitchOperator>();

    public JarvisRoutingOptions Options => services.GetRequiredService<Microsoft.Extensions.Options.IOptions<JarvisRoutingOptions>>().Value;

    /// <summary>Prints what is known of an outcome that is not complete yet, to people; for programs it is in the document that follows.</summary>
    public void Begin(Action<Terminal> show)
    {
        if (!asJson)
        {
            show(Screen());
        }
    }

    /// <summary>Prints the outcome, or its rest: as a document for programs, else as <paramref name="show"/> does for people.</summary>
    public void Print<T>(T outcome, JsonTypeInfo<T> type, Action<Terminal> show)
    {
        if (asJson)
        {
            Terminal.WriteDocument(outcome, type);
        }
        else
        {
            show(Screen());
        }
    }

    private Terminal Screen()
    {
        if (_screen is null)
        {
            _screen = Terminal.ForOutput();
            _screen.Fact("database", database);
        }

        return _screen;
    }
}
