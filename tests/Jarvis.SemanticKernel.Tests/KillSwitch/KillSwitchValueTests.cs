using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class KillSwitchValueTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "deactivate", false)]
    [InlineData("""{"active":false}""", "activate", false)]
    [InlineData("""{"active":true}""", "deactivate", true)]
    [InlineData("""{"active":true}""", null, true)]
    [InlineData(""" { "reason" : null, "active" : true, "more": [1, {"active": false}] } """, null, true)]
    [InlineData("""{"active":false,"reason":7,"deactivatedAt":"yesterday"}""", null, false)]
    public void State_IsRead(string? value, string? newestAudit, bool isActive)
    {
        KillSwitchState state = Read(value, newestAudit);

        Assert.Null(state.Fault);
        Assert.Equal(isActive, state.IsActive);
    }

    [Theory]
    [InlineData(null, "activate")]
    [InlineData("null", null)]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData("true", null)]
    [InlineData("false", null)]
    [InlineData("0", null)]
    [InlineData("\"off\"", null)]
    [InlineData("[]", null)]
    [InlineData("[{\"active\":false}]", null)]
    [InlineData("{}", null)]
    [InlineData("{\"active\":null}", null)]
    [InlineData("{\"active\":\"true\"}", null)]
    [InlineData("{\"active\":\"false\"}", null)]
    [InlineData("{\"active\":0}", null)]
    [InlineData("{\"active\":[false]}", null)]
    [InlineData("{\"Active\":false}", null)]
    [InlineData("{\"state\":{\"active\":false}}", null)]
    [InlineData("{\"active\":true,\"active\":false}", null)]
    [InlineData("{\"active\":false,\"active\":false}", null)]
    [InlineData("{\"active\":false", null)]
    [InlineData("{\"active\":false}}", null)]
    [InlineData("{\"active\":false} {\"active\":true}", null)]
    [InlineData("{'active':false}", null)]
    [InlineData("{\"active\":false,}", null)]
    [InlineData("{\"active\":false}/* really */", null)]
    [InlineData("\u0000", null)]
    [InlineData("\uFEFF{\"active\":false}", null)]
    public void AnythingElse_IsNoStateAndSaysWhy(string? value, string? newestAudit)
    {
        KillSwitchState state = Read(value, newestAudit);

        Assert.True(state.IsActive);
        Assert.Contains("agent_state", state.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void HalfASurrogatePairInReason_StateIsReadWithoutIt()
    {
        Assert.Equal(new KillSwitchState { IsActive = true }, Read("""{"active":true,"reason":"\ud83d"}"""));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("\"quoted\", {\"active\":false}, \\ and \n a line")]
    [InlineData("Grüße 😀 \u2028 <script>")]
    public void WhatIsWritten_IsRead(string reason)
    {
        Assert.Equal(new KillSwitchState { IsActive = true, Reason = reason, Since = At }, Read(KillSwitchValue.Active(reason, At)));
        Assert.Equal(new KillSwitchState { IsActive = false, Reason = reason, Since = At }, Read(KillSwitchValue.Inactive(reason, At)));
    }

    [Fact]
    public void WhatIsWritten_HasTheShapeOfTheOtherProgram() =>
        Assert.Equal("""{"active":true,"reason":"r","activatedAt":"2026-03-04T05:06:07.089Z"}""", KillSwitchValue.Active("r", At));

    [Theory]
    [InlineData("cancel", KillSwitchInFlight.Cancel)]
    [InlineData("Cancel", KillSwitchInFlight.Cancel)]
    [InlineData("finish", KillSwitchInFlight.Finish)]
    [InlineData("now", null)]
    [InlineData("", null)]
    public void InFlight_IsReadWhereItIsAKnownWord(string word, KillSwitchInFlight? inFlight)
    {
        Assert.Equal(new KillSwitchState { IsActive = true, InFlight = inFlight }, Read($$"""{"active":true,"inFlight":"{{word}}"}"""));
        Assert.Equal(new KillSwitchState { IsActive = false }, Read($$"""{"active":false,"inFlight":"{{word}}"}"""));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[\"cancel\"]")]
    [InlineData("{\"active\":false}")]
    [InlineData("\"\\ud83d\"")]
    public void InFlight_OfAnotherKind_SaysNothingAndOpensNothing(string json) =>
        Assert.Equal(new KillSwitchState { IsActive = true }, Read($$"""{"active":true,"inFlight":{{json}}}"""));

    [Fact]
    public void InFlight_ThatIsWritten_IsRead()
    {
        Assert.Equal("""{"active":true,"reason":"r","activatedAt":"2026-03-04T05:06:07.089Z","inFlight":"cancel"}""", KillSwitchValue.Active("r", At, KillSwitchInFlight.Cancel));
        Assert.All(Enum.GetValues<KillSwitchInFlight>(), chosen => Assert.Equal(chosen, Read(KillSwitchValue.Active("r", At, chosen)).InFlight));
    }

    [Fact]
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A fuzz that can be repeated.")]
    public void MutatedValues_NeverOpenUnlessTheySayFalse()
    {
        Random random = new(20260304);
        string[] seeds = [KillSwitchValue.Active("stop \"all\"", At), KillSwitchValue.Inactive("go", At), """{"active":true,"reason":null}""", """[{"active":false}]"""];
        const string Alphabet = "{}[]\":,\\ truefalsn0-1eE.\u0000activ\ud83d/*";
        int opened = 0;
        for (int i = 0; i < 100_000; i++)
        {
            string value = seeds[i % seeds.Length];
            for (int edits = random.Next(1, 6); edits > 0 && value.Length > 0; edits--)
            {
                int at = random.Next(value.Length);
                value = random.Next(4) switch
                {
                    0 => value.Remove(at, random.Next(1, Math.Min(6, value.Length - at) + 1)),
                    1 => value.Insert(at, Alphabet[random.Next(Alphabet.Length)].ToString()),
                    2 => value.Insert(at, value[random.Next(value.Length)..]),
                    _ => value[..at] + Alphabet[random.Next(Alphabet.Length)] + value[(at + 1)..],
                };
            }

            KillSwitchState state = Read(value);
            Assert.True(state.IsActive || state.Fault is null);
            if (!state.IsActive)
            {
                opened++;
                using var document = JsonDocument.Parse(value);
                Assert.Equal(JsonValueKind.False, Assert.Single(document.RootElement.EnumerateObject(), member => member.Name == "active").Value.ValueKind);
            }
        }

        // A fuzz that never leaves a value whole would show nothing.
        Assert.InRange(opened, 1000, 50_000);
    }

    private static KillSwitchState Read(string? value, string? newestAudit = null) => KillSwitchValue.Read(new KillSwitchRow("kill_switch", value, newestAudit, 0), KillSwitchScope.Global);
}
