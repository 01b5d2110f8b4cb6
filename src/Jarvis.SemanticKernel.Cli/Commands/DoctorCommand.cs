using System.CommandLine;
using Jarvis.SemanticKernel.Cli.Doctor;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

internal static class DoctorCommand
{
    // Every question to the network and the database has a limit of its own.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create(GlobalOptions options)
    {
        Command command = new("doctor", "Check key, database, schema, role, time zone, listener, processes, tiers and the gate itself. Costs nothing and changes nothing. Exit code 4 for a fault.");
        command.SetAction(CommandRunner.For(options, (run, _, token) => RunAsync(run, token), Patience, readsModelSettings: true));
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<DatabaseFinding>> endpoint = EndpointCheck.RunAsync(run.Options, cancellationToken);
        Task<DatabaseFinding> gate = GateCheck.RunAsync(cancellationToken);
        List<DatabaseFinding> findings = [.. await run.Tables.ExamineAsync(cancellationToken)];
        if (findings.Exists(finding => finding is { Subject: "schema", Outcome: DatabaseFindingOutcome.Ok }))
        {
            findings.AddRange(await SwitchCheck.RunAsync(run.KillSwitch, cancellationToken));
            findings.AddRange(await ProcessCheck.RunAsync(run.Processes, TimeProvider.System, cancellationToken));
        }

        findings.AddRange(await endpoint);
        findings.Add(await gate);
        findings = findings.ConvertAll(finding => finding with { Detail = Failure.InTermsOfTheCommandLine(finding.Detail) });
        bool isHealthy = findings.TrueForAll(finding => finding.Outcome != DatabaseFindingOutcome.Fault);
        run.Print(new DoctorDocument(run.Database, isHealthy, findings.Select(FindingDocument.From)), CliJson.Default.DoctorDocument, screen =>
        {
            findings.ForEach(screen.Finding);
            int faults = findings.Count(finding => finding.Outcome == DatabaseFindingOutcome.Fault);
            screen.Text(faults switch { 0 => "No faults.", 1 => "1 fault.", _ => $"{faults} faults." });
        });
        return isHealthy ? ExitCode.Ok : ExitCode.FaultsFound;
    }
}
