using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

public class KillSwitchScopeTests
{
    private const int LongestKey = 256;

    public static TheoryData<string> Refused { get; } = ["", " ", "\t\n", "a\0b", "a\nb", "a\u001bb", "a\u0085b", "\ud83d", "a\ude00", "\ude00\ud83d", new string('n', 239)];

    [Fact]
    public void Keys_AreThoseOfTheRows()
    {
        Assert.Equal("kill_switch", KillSwitchScope.Global.Key);
        Assert.Equal("kill_switch:tier:strong", KillSwitchScope.ForTier("Strong").Key);
        Assert.Equal("kill_switch:model:x-ai/Grok:free", KillSwitchScope.ForModel("x-ai/Grok:free").Key);
        Assert.Equal("kill_switch:agent:night watch", KillSwitchScope.ForAgent("night watch").Key);
        Assert.Equal("kill_switch:goal:-42", KillSwitchScope.ForGoal(-42).Key);
        Assert.Equal(
            ["global", "tier:strong", "goal:42"],
            ((KillSwitchScope[])[KillSwitchScope.Global, KillSwitchScope.ForTier("STRONG"), KillSwitchScope.ForGoal(42)]).Select(scope => scope.ToString()));
    }

    [Fact]
    public void Tiers_AreComparedWithoutRegardToCase_OthersAreNot()
    {
        Assert.Equal(KillSwitchScope.ForTier("STRONG"), KillSwitchScope.ForTier("strong"));
        Assert.True(KillSwitchScope.ForTier("STRONG") == KillSwitchScope.ForTier("strong") && KillSwitchScope.ForGoal(1) != KillSwitchScope.ForGoal(2));
        Assert.NotEqual(KillSwitchScope.ForModel("A"), KillSwitchScope.ForModel("a"));
        Assert.NotEqual(KillSwitchScope.ForAgent("A"), KillSwitchScope.ForAgent("a"));
        Assert.NotEqual(KillSwitchScope.ForAgent("42"), KillSwitchScope.ForModel("42"));
        Assert.NotEqual(KillSwitchScope.ForAgent("42"), KillSwitchScope.ForGoal(42));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Names_ThatCannotBeAKey_AreRefused(string name)
    {
        Assert.Equal("tier", Assert.Throws<ArgumentException>(() => KillSwitchScope.ForTier(name)).ParamName);
        Assert.Equal("model", Assert.Throws<ArgumentException>(() => KillSwitchScope.ForModel(name)).ParamName);
        Assert.Equal("agent", Assert.Throws<ArgumentException>(() => KillSwitchScope.ForAgent(name)).ParamName);
    }

    [Fact]
    public void LongestNames_FitTheColumn()
    {
        string name = new('n', 238);
        Assert.All(
            (KillSwitchScope[])[KillSwitchScope.ForTier(name), KillSwitchScope.ForModel(name), KillSwitchScope.ForAgent(name), KillSwitchScope.ForGoal(int.MinValue)],
            scope => Assert.InRange(scope.Key.Length, 1, LongestKey));
    }

    [Theory]
    [InlineData("kill_switch:")]
    [InlineData("kill_switch::")]
    [InlineData("kill_switch:tier")]
    [InlineData("kill_switch:tier:")]
    [InlineData("kill_switch:tier: ")]
    [InlineData("kill_switch:TIER:strong")]
    [InlineData("kill_switch:agent:a\nb")]
    [InlineData("kill_switch:goal:")]
    [InlineData("kill_switch:goal:x")]
    [InlineData("kill_switch:goal:042")]
    [InlineData("kill_switch:goal:+42")]
    [InlineData("kill_switch:goal: 42")]
    [InlineData("kill_switch:goal:-0")]
    [InlineData("kill_switch:goal:2147483648")]
    [InlineData("kill_switch:goal:٤٢")]
    [InlineData("kill_switch:provider:azure")]
    public void Keys_ThatNoScopeHas_AreUnknownAndKept(string key)
    {
        var scope = KillSwitchScope.FromKey(key);

        Assert.Equal((KillSwitchScopeKind.Unknown, key), (scope.Kind, scope.Key));
        Assert.True(scope.IsOfAll);
        Assert.Equal(scope, KillSwitchScope.FromKey(key));
    }

    [Fact]
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A fuzz that can be repeated.")]
    public void Keys_OfAnyScope_AreReadBack()
    {
        Random random = new(20260304);
        for (int i = 0; i < 10_000; i++)
        {
            string name = RandomName(random);
            foreach (KillSwitchScope scope in (KillSwitchScope[])[KillSwitchScope.ForTier(name), KillSwitchScope.ForModel(name), KillSwitchScope.ForAgent(name), KillSwitchScope.ForGoal(random.Next())])
            {
                var again = KillSwitchScope.FromKey(scope.Key);
                Assert.Equal(scope, again);
                Assert.Equal((scope.Kind, scope.Name, scope.GetHashCode()), (again.Kind, again.Name, again.GetHashCode()));
            }
        }
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A fuzz that can be repeated.")]
    private static string RandomName(Random random)
    {
        StringBuilder name = new();
        for (int left = random.Next(1, 60); left > 0; left--)
        {
            Rune rune = Rune.TryCreate(random.Next(random.Next(4) == 0 ? 0x1F000 : 0x180), out Rune found) ? found : Rune.ReplacementChar;
            name.Append(Rune.IsControl(rune) ? ":" : rune.ToString());
        }

        return string.IsNullOrWhiteSpace(name.ToString()) ? "kill_switch:tier:" : name.ToString();
    }
}
