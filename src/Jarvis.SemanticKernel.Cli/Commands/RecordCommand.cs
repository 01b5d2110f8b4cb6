using System.CommandLine;
using System.Globalization;
using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Records what was earned and what was paid besides model calls, one at a time or from a file.</summary>
internal static class RecordCommand
{
    public static Command Create(GlobalOptions options) => new("record", "Record what was earned and what was paid besides model calls.")
    {
        Cost(options),
        EarnedRevenue(options),
        Strategy(options),
        Import(options),
        Export(options),
    };

    private static Command Cost(GlobalOptions options)
    {
        Argument<decimal> amount = Amount();
        Option<string> category = new("--category") { Description = $"What it was for: {string.Join(", ", BookFiles.Categories.Select(known => known.Word))}. What the ledger recorded does not belong here.", Required = true, HelpName = "CATEGORY" };
        category.AcceptOnlyFromAmong([.. BookFiles.Categories.Select(known => known.Word)]);
        Option<DateTimeOffset?> from = PeriodOptions.Create("--from", "Where the period begins that it pays for: a date or a time.");
        Option<DateTimeOffset?> to = PeriodOptions.Create("--to", "Where that period ends, itself left out.");
        Option<DateTimeOffset?> month = new("--month") { Description = "A month of UTC instead, such as 2026-07.", HelpName = "MONTH", CustomParser = PeriodOptions.ParseMonth };
        Option<string?> description = new("--description") { Description = "What people want to know about it.", HelpName = "TEXT" };
        Option<int?> goal = new("--goal") { Description = "The goal that it belongs to. Without one it is not allocated.", HelpName = "NUMBER" };
        Option<string?> reference = Reference();
        Command command = new("cost", "Record an operating cost. The same reference is recorded once.") { amount, category, from, to, month, description, goal, reference };
        command.SetAction(CommandRunner.For(options, (run, parsed, token) =>
        {
            (DateTimeOffset start, DateTimeOffset end) = (parsed.GetValue(month), parsed.GetValue(from), parsed.GetValue(to)) switch
            {
                ({ } whole, null, null) => (whole, whole.AddMonths(1)),
                (null, { } first, { } last) => (first, last),
                _ => throw new UsageException("The period that it pays for has to be given: --month, or --from and --to."),
            };
            OperatingCost cost = new()
            {
                AmountUsd = parsed.GetValue(amount),
                Category = BookRow.Find(BookFiles.Categories, parsed.GetValue(category)!)!.Value,
                PeriodStart = start,
                PeriodEnd = end,
                Description = parsed.GetValue(description),
                Goal = parsed.GetValue(goal),
                Reference = parsed.GetValue(reference),
            };
            return RecordAsync(run, "operating cost", run.Books.RecordCostsAsync, [cost], token);
        }));
        return command;
    }

    private static Command EarnedRevenue(GlobalOptions options)
    {
        Argument<decimal> amount = Amount();
        Option<string> strategy = new("--strategy") { Description = "The strategy that earned it.", Required = true, HelpName = "ID" };
        Option<DateTimeOffset?> at = PeriodOptions.Create("--at", "When it was earned. Default: now.");
        Option<string?> source = new("--source") { Description = "Where it came from.", HelpName = "TEXT" };
        Option<string?> reference = Reference();
        Command command = new("revenue", "Record revenue. The same reference is recorded once.") { amount, strategy, at, source, reference };
        command.SetAction(CommandRunner.For(options, (run, parsed, token) =>
        {
            Revenue earned = new()
            {
                AmountUsd = parsed.GetValue(amount),
                Strategy = parsed.GetValue(strategy)!,
                EarnedAt = parsed.GetValue(at) ?? TimeProvider.System.GetUtcNow(),
                Source = parsed.GetValue(source),
                Reference = parsed.GetValue(reference),
            };
            return RecordAsync(run, "revenue", run.Books.RecordRevenueAsync, [earned], token);
        }));
        return command;
    }

    private static Command Strategy(GlobalOptions options)
    {
        Argument<string> strategy = new("ID") { Description = "The strategy, as revenue names it." };
        Option<int> goal = new("--goal") { Description = "The goal that it serves from now on.", Required = true, HelpName = "NUMBER" };
        Command command = new("strategy", "Say which goal a strategy serves, where no table 'strategies' says it.") { strategy, goal };
        command.SetAction(CommandRunner.For(options, async (run, parsed, token) =>
        {
            (string id, int number) = (parsed.GetValue(strategy)!, parsed.GetValue(goal));
            try
            {
                await run.Books.AssignAsync(id, number, token);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                throw new UsageException(exception.Message.Split(" (Parameter '")[0]);
            }

            run.Print(new AssignDocument(run.Database, id, number), CliJson.Default.AssignDocument, screen => screen.Fact("recorded", $"strategy '{id}' serves goal {number}"));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Import(GlobalOptions options)
    {
        Argument<string> kind = Kind();
        Argument<string> file = new("FILE") { Description = "Comma-separated values whose first line names the columns, as 'export' writes them; - for standard input." };
        Command command = new("import", "Record all lines of a file or, when one is at fault, none.") { kind, file };
        command.SetAction(CommandRunner.For(options, async (run, parsed, token) =>
        {
            using TextReader text = parsed.GetValue(file) is "-" or null ? Terminal.Input() : new StreamReader(parsed.GetValue(file)!);
            return parsed.GetValue(kind) == "cost"
                ? await RecordAsync(run, "operating cost", run.Books.RecordCostsAsync, BookFiles.ReadCosts(text), token)
                : await RecordAsync(run, "revenue", run.Books.RecordRevenueAsync, BookFiles.ReadRevenue(text), token);
        }));
        return command;
    }

    private static Command Export(GlobalOptions options)
    {
        Argument<string> kind = Kind();
        PeriodOptions period = new("365 days before the end", to => to.AddDays(-365));
        Command command = new("export", "Print what is recorded as comma-separated values, or with --json as a document.") { kind };
        period.AddTo(command);
        command.SetAction(CommandRunner.For(options, async (run, parsed, token) =>
        {
            (DateTimeOffset from, DateTimeOffset to) = period.Of(parsed);
            if (parsed.GetValue(kind) == "cost")
            {
                IReadOnlyList<OperatingCost> costs = await run.Books.GetCostsAsync(from, to, token);
                run.PrintFile(
                    new CostEntriesDocument(run.Database, costs.Select(cost => new CostEntryDocument(
                        cost.Id, BookFiles.Word(cost.Category), cost.AmountUsd, cost.PeriodStart, cost.PeriodEnd, cost.Description, cost.Goal, cost.Reference))),
                    CliJson.Default.CostEntriesDocument,
                    BookFiles.Write(costs));
            }
            else
            {
                IReadOnlyList<Revenue> revenue = await run.Books.GetRevenueAsync(from, to, token);
                run.PrintFile(
                    new RevenueEntriesDocument(run.Database, revenue.Select(earned => new RevenueEntryDocument(
                        earned.Id, earned.Strategy, earned.AmountUsd, earned.EarnedAt, earned.Source, earned.Reference))),
                    CliJson.Default.RevenueEntriesDocument,
                    BookFiles.Write(revenue));
            }

            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<int> RecordAsync<T>(
        CommandRun run, string what, Func<IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<Booking>>> record, T[] entries, CancellationToken cancellationToken)
    {
        IReadOnlyList<Booking> bookings;
        try
        {
            bookings = await record(entries, cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw UsageException.Of(exception);
        }

        int[] recorded = [.. bookings.Where(booking => booking.IsNew).Select(booking => booking.Id)];
        int[] known = [.. bookings.Where(booking => !booking.IsNew).Select(booking => booking.Id)];
        run.Print(new RecordDocument(run.Database, recorded, known), CliJson.Default.RecordDocument, screen =>
        {
            if (recorded.Length > 0)
            {
                screen.Fact("recorded", recorded.Length == 1 ? $"{what} {recorded[0].ToString(CultureInfo.InvariantCulture)}" : $"{recorded.Length} rows of {what}");
            }

            if (known.Length > 0)
            {
                screen.Fact("known", known.Length == 1 ? $"{what} {known[0].ToString(CultureInfo.InvariantCulture)} has this reference and says the same" : $"{known.Length} rows of {what} have these references and say the same");
            }
        });
        return ExitCode.Ok;
    }

    private static Argument<decimal> Amount() => new("AMOUNT")
    {
        Description = "The amount in USD; below zero for money that went the other way.",
        CustomParser = argument =>
        {
            string text = argument.Tokens is [var token] ? token.Value : "";
            if (BookRow.TryAmount(text, out decimal amount))
            {
                return amount;
            }

            argument.AddError($"The amount is '{text}'. Accepted is one such as 29.90.");
            return 0;
        },
    };

    private static Argument<string> Kind()
    {
        Argument<string> kind = new("KIND") { Description = "cost or revenue." };
        kind.AcceptOnlyFromAmong("cost", "revenue");
        return kind;
    }

    private static Option<string?> Reference() => new("--reference") { Description = "What tells it from others, such as the number of an invoice.", HelpName = "TEXT" };
}
