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

    public ILedgerJournal Journal => services.GetRequiredService<ILedgerJournal>();

    public IKillSwitch KillSwitch => services.GetRequiredService<IKillSwitch>();

    public IKillSwitchProcesses Processes => services.GetRequiredService<IKillSwitchProcesses>();

    public IKillSwitchOperator Operator => services.GetRequiredService<IKillSwitchOperator>();

    public ICostReport Costs => services.GetRequiredService<ICostReport>();

    public ICreditMonitor Credits => services.GetRequiredService<ICreditMonitor>();

    public IBookkeeping Books => services.GetRequiredService<IBookkeeping>();

    public ICostReconciliation Reconciliation => services.GetRequiredService<ICostReconciliation>();

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

    /// <summary>Prints the outcome as comma-separated values, and nothing else.</summary>
    public void PrintCsv(IEnumerable<IEnumerable<string?>> rows)
    {
        if (asJson)
        {
            throw new UsageException("--json and --csv are two kinds of output: leave one out.");
        }

        Terminal.WriteRaw(Csv.Write(rows));
    }

    /// <summary>Prints a document or the same as comma-separated values.</summary>
    public void PrintFile<T>(T document, JsonTypeInfo<T> type, IEnumerable<IEnumerable<string?>> rows)
    {
        if (asJson)
        {
            Terminal.WriteDocument(document, type);
            return;
        }

        Terminal.WriteRaw(Csv.Write(rows));
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

    /// <summary>Says why a command came to its end too early, after what it did is printed. A document has a field for that.</summary>
    public void PrintFault(string fault)
    {
        if (!asJson)
        {
            Terminal.ForErrors().Fault(fault);
        }
    }
}
