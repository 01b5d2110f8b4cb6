using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Which switch a command is about: the global one, or that of one tier, model, agent or goal.</summary>
internal sealed class ScopeOptions
{
    private readonly (Option<string?> Option, Func<string, KillSwitchScope> Make)[] _all =
    [
        (Create("--tier", "Only what calls this tier, such as strong.", "NAME"), KillSwitchScope.ForTier),
        (Create("--model", "Only what asks for this model, as its tier spells it.", "ID"), KillSwitchScope.ForModel),
        (Create("--agent", "Only what runs as this agent, as JarvisScope names it.", "NAME"), KillSwitchScope.ForAgent),
        (Create("--goal", "Only what works for this goal.", "NUMBER"), text => KillSwitchScope.ForGoal(int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))),
    ];

    /// <summary>Adds the options to a command. Two of them together are bad usage: a switch has one scope.</summary>
    public void AddTo(Command command)
    {
        foreach ((Option<string?> option, Func<string, KillSwitchScope> make) in _all)
        {
            option.Validators.Add(result => Check(result, option.Name, make));
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            string[] given = [.. _all.Where(one => result.GetResult(one.Option) is not null).Select(one => one.Option.Name)];
            if (given.Length > 1)
            {
                result.AddError($"{string.Join(" and ", given)} were given together; one of --tier, --model, --agent and --goal is accepted, or none for everything.");
            }
        });
    }

    public KillSwitchScope ScopeOf(ParseResult parsed) =>
        _all.Select(one => parsed.GetValue(one.Option) is { } text ? one.Make(text) : null).FirstOrDefault(scope => scope is not null) ?? KillSwitchScope.Global;

    private static Option<string?> Create(string name, string description, string helpName) => new(name) { Description = description, HelpName = helpName };

    private static void Check(OptionResult result, string name, Func<string, KillSwitchScope> make)
    {
        if (result.Tokens is not [var token])
        {
            return;
        }

        try
        {
            make(token.Value);
        }
        catch (Exception refused) when (refused is FormatException or OverflowException)
        {
            result.AddError($"{name} is '{token.Value}'; a whole number is accepted, such as 42.");
        }
        catch (ArgumentException)
        {
            result.AddError($"{name} is no name that a switch can have: 1 to 238 characters are accepted, not all of them blank and none of them a control character.");
        }
    }
}
