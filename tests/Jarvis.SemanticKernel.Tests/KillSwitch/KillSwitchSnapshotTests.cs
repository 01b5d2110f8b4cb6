using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class KillSwitchSnapshotTests
{
    private const string On = """{"active":true,"reason":"r"}""";
    private const string Off = """{"active":false,"reason":"r"}""";

    private static readonly KillSwitchScope[] Call =
        KillSwitchScope.Covering("strong", "vendor/large", new CallAttribution { Agent = "planner", GoalId = 42 });

    [Theory]
    [InlineData("kill_switch:tier:strong", true)]
    [InlineData("kill_switch:tier:STRONG", true)]
    [InlineData("kill_switch:model:vendor/large", true)]
    [InlineData("kill_switch:agent:planner", true)]
    [InlineData("kill_switch:goal:42", true)]
    [InlineData("kill_switch:tier:cheap", false)]
    [InlineData("kill_switch:model:vendor/Large", false)]
    [InlineData("kill_switch:agent:Planner", false)]
    [InlineData("kill_switch:agent:42", false)]
    [InlineData("kill_switch:goal:43", false)]
    public void ScopedRow_StopsWhatItNamesAndNothingElse(string key, bool isStopped)
    {
        KillSwitchSnapshot snapshot = Of((key, On));

        Assert.Null(snapshot.StopOfAll);
        Assert.Equal(isStopped, snapshot.FindStop(Call) is not null);
        Assert.Null(Of((key, Off)).FindStop(Call));
    }

    [Fact]
    public void KeyThatNobodyUnderstands_StopsEverythingWhileItIsNotPlainlyOpen()
    {
        KillSwitchSnapshot active = Of(("kill_switch:provider:azure", On), ("kill_switch", Off));
        KillSwitchSnapshot garbage = Of(("kill_switch:provider:azure", "\"off\""));

        Assert.Equal(("kill_switch:provider:azure", "r"), (active.StopOfAll!.Scope.Key, active.StopOfAll.Reason));
        Assert.Contains("kill_switch:provider:azure", garbage.StopOfAll!.Fault, StringComparison.Ordinal);
        Assert.Null(Of(("kill_switch:provider:azure", Off)).StopOfAll);
    }

    [Fact]
    public void KeyOfSomethingElse_IsNoSwitch() => Assert.Empty(Of(("kill_switch_notes", "\"read me\""), ("kill_switches", On)).Stops);

    [Fact]
    public void SeveralAreActive_TheGlobalOneIsReported()
    {
        KillSwitchSnapshot snapshot = Of(("kill_switch:provider:azure", On), ("kill_switch:tier:strong", On), ("kill_switch", """{"active":true,"reason":"all of it"}"""));

        Assert.Equal((KillSwitchScope.Global, "all of it"), (snapshot.StopOfAll!.Scope, snapshot.StopOfAll.Reason));
        Assert.Equal(["global", "provider:azure", "tier:strong"], snapshot.ToStates().Select(state => state.Scope.ToString()));
    }

    [Theory]
    [InlineData(On, Off)]
    [InlineData(Off, On)]
    [InlineData(Off, "garbage")]
    public void TwoRowsOfOneTierThatDifferInCase_WhatStopsWins(string one, string other) =>
        Assert.NotNull(Of(("kill_switch:tier:strong", one), ("kill_switch:tier:Strong", other)).FindStop(Call));

    [Theory]
    [InlineData("activate", true)]
    [InlineData("deactivate", false)]
    [InlineData(null, false)]
    public void ScopedRowIsLost_StaysClosedForWhatItCoversAfterAnActivation(string? newestAudit, bool isStopped)
    {
        var snapshot = KillSwitchSnapshot.Of(new KillSwitchRows(7, [new("kill_switch:tier:strong", null, newestAudit, 3)]), KillSwitchSnapshot.Empty);

        Assert.Equal(isStopped, snapshot.FindStop(Call)?.Fault is not null);
        Assert.Null(snapshot.FindStop(KillSwitchScope.Covering("cheap", null, CallAttribution.None)));
        Assert.Equal(isStopped ? 2 : 1, snapshot.ToStates().Count);
    }

    [Fact]
    public void ReleasedActivation_IsFoundByWhomItCoversAndByVersion()
    {
        var snapshot = KillSwitchSnapshot.Of(
            new KillSwitchRows(9, [new("kill_switch", Off, null, 2), new("kill_switch:tier:strong", Off, null, 6), new("kill_switch:goal:7", Off, null, 8)]), KillSwitchSnapshot.Empty);

        Assert.Equal(8, snapshot.NewestActivation);
        Assert.NotNull(snapshot.FindActivationSince(5, Call));
        Assert.Null(snapshot.FindActivationSince(6, Call));
        Assert.Null(snapshot.FindActivationSince(2, KillSwitchScope.Covering("cheap", null, CallAttribution.None)));
        Assert.Equal(KillSwitchScope.Global, snapshot.FindActivationSince(1, [])!.Scope);
    }

    [Fact]
    public void UnknownSwitchThatWasReleased_StoppedEverything()
    {
        var snapshot = KillSwitchSnapshot.Of(new KillSwitchRows(9, [new("kill_switch:provider:azure", Off, null, 8)]), KillSwitchSnapshot.Empty);

        Assert.NotNull(snapshot.FindActivationSince(7, []));
        Assert.Null(snapshot.FindActivationSince(8, Call));
    }

    [Fact]
    public void ActivationThatWasSeen_IsRememberedWhenItIsReleased()
    {
        KillSwitchSnapshot seen = Of(("kill_switch:tier:strong", """{"active":true,"reason":"too dear"}"""));
        var released = KillSwitchSnapshot.Of(new KillSwitchRows(9, [new("kill_switch:tier:strong", Off, null, 8)]), seen);

        Assert.Equal("too dear", released.FindActivationSince(7, Call)!.Reason);
    }

    /// <summary>Values and keys of every kind of damage: what opens says plainly that it is open.</summary>
    [Fact]
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A fuzz that can be repeated.")]
    public void MutatedRows_NeverOpenUnlessTheySayFalse()
    {
        Random random = new(20261124);
        string[] keys = ["kill_switch", "kill_switch:tier:strong", "kill_switch:tier:Strong", "kill_switch:agent:planner", "kill_switch:goal:42", "kill_switch:model:vendor/large", "kill_switch:tie"];
        string[] values = [On, Off, "null", "\"off\"", """{"active":"false"}""", """[{"active":false}]"""];
        const string Alphabet = "{}[]\":,\\ truefalsn0-1:kiltgo42";
        int opened = 0;
        for (int i = 0; i < 50_000; i++)
        {
            string key = Mutate(keys[random.Next(keys.Length)], random.Next(8) == 0 ? 1 : 0);
            string value = Mutate(values[random.Next(values.Length)], random.Next(4));
            KillSwitchSnapshot snapshot = Of((key, value));
            KillSwitchState? stop = snapshot.StopOfAll ?? snapshot.FindStop(Call);
            bool isSwitch = key == "kill_switch" || key.StartsWith("kill_switch:", StringComparison.Ordinal);
            bool isOfSomethingElse = isSwitch && KillSwitchScope.FromKey(key) is { IsOfAll: false } scope && !Call.Contains(scope);
            if (isSwitch && !isOfSomethingElse && stop is null)
            {
                opened++;
                using var document = JsonDocument.Parse(value);
                Assert.Equal(JsonValueKind.False, Assert.Single(document.RootElement.EnumerateObject(), member => member.Name == "active").Value.ValueKind);
            }
        }

        // A fuzz that never leaves a row whole would show nothing.
        Assert.InRange(opened, 500, 25_000);

        string Mutate(string text, int edits)
        {
            for (; edits > 0 && text.Length > 0; edits--)
            {
                int at = random.Next(text.Length);
                text = random.Next(3) switch
                {
                    0 => text.Remove(at, 1),
                    1 => text.Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString()),
                    _ => text[..at] + Alphabet[random.Next(Alphabet.Length)] + text[(at + 1)..],
                };
            }

            return text;
        }
    }

    private static KillSwitchSnapshot Of(params (string Key, string Value)[] rows) =>
        KillSwitchSnapshot.Of(new KillSwitchRows(1, [.. rows.Select(row => new KillSwitchRow(row.Key, row.Value, null, 0))]), KillSwitchSnapshot.Empty);
}
