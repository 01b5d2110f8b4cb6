using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli;

/// <summary>The usual help, then examples and what the exit codes mean.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _usual;

    public HelpWithExamples(HelpAction usual)
    {
        _usual = usual;
        _usual.MaxWidth = Terminal.HelpWidth;
    }

    // Whoever asks how to write it need not have written it right.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = _usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in ExamplesOf(parseResult.CommandResult.Command.Name))
        {
            output.WriteLine($"  {example}");
        }

        output.WriteLine();
        output.WriteLine(ExitCode.Explained);
        return code;
    }

    private static string[] ExamplesOf(string command) => command switch
    {
        "kill" => ["jarvis kill \"The budget of the day is spent\"", "jarvis kill --tier strong \"Too dear this week\"", "jarvis kill --now \"Loops\" --by night-watch --json", "jarvis kill \"Now\" --wait 0"],
        "resume" => ["jarvis resume \"The prompt is fixed\"", "jarvis resume --tier strong \"A new week\""],
        "status" => ["jarvis status", "jarvis status --tier strong", "jarvis status --json | jq .active", "if ! jarvis status >/dev/null; then echo 'not open'; fi"],
        "audit" => ["jarvis audit", "jarvis audit --limit 100 --json"],
        "calls" => ["jarvis calls", "jarvis calls --since 7d --status cut --limit 100", "jarvis calls --tail", "jarvis calls --json | jq '.calls[] | select(.costUsd == null)'"],
        "retry-refused" => ["jarvis calls retry-refused", "jarvis calls retry-refused --journal /var/lib/agents/journal --json"],
        "db" or "migrate" or "script" =>
        [
            "jarvis db migrate --database postgres://jarvis@db.example/jarvis",
            "jarvis db script | psql postgres://owner@db.example/jarvis",
            "jarvis db script --sqlite | sqlite3 jarvis.db",
            "jarvis db script --roles | psql postgres://owner@db.example/jarvis",
        ],
        "tiers" => ["jarvis tiers", "jarvis tiers --json | jq -r '.tiers[] | [.name, .model] | @tsv'", "JARVIS_MODEL_CHEAP=google/gemini-2.5-flash-lite jarvis tiers"],
        "costs" => ["jarvis costs", "jarvis costs --by goal --since 7d", "jarvis costs --by day --chart --since 30d", "jarvis costs --by hour --by tier --chart line --since 7d", "jarvis costs --by day --by model --csv > costs.csv", "jarvis costs reconcile"],
        "reconcile" => ["jarvis costs reconcile", "jarvis costs reconcile --since 7d --json | jq .remaining"],
        "credits" => ["jarvis credits", "jarvis credits --json | jq .remainingUsd"],
        "pnl" => ["jarvis pnl", "jarvis pnl --month 2026-07 --by strategy", "jarvis pnl --since 90d --csv > pnl.csv"],
        "record" or "cost" or "revenue" or "strategy" or "import" or "export" =>
        [
            "jarvis record cost 29.90 --category vm --month 2026-07 --goal 42 --reference \"invoice 7\"",
            "jarvis record revenue 120 --strategy shop --at 2026-07-03 --source \"order 118\"",
            "jarvis record strategy shop --goal 42",
            "jarvis record import cost invoices.csv",
            "jarvis record export revenue --since 365d > revenue.csv",
        ],
        "doctor" => ["jarvis doctor", "jarvis doctor --database ./jarvis.db --json"],
        _ =>
        [
            "jarvis kill \"The budget of the day is spent\"",
            "jarvis status",
            "jarvis resume \"Checked, go on\" --database postgres://jarvis@db.example/jarvis",
        ],
    };
}
