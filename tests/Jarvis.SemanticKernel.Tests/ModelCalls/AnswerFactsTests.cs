using System.Reflection;
using System.Text;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

public sealed class AnswerFactsTests
{
    private const string Full =
        """
        {"id":"gen-1","model":"a/b","provider":"P","choices":[{"finish_reason":"error"}],"error":{"message":"m"},"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":3,"is_byok":true,"cost_details":{"upstream_inference_cost":1},
         "prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":5,"audio_tokens":1},"completion_tokens_details":{"reasoning_tokens":6}}}
        """;

    [Fact]
    public void Borrow_AfterFactsOfAllKinds_IsEmpty()
    {
        AnswerFacts facts = Read(Full);
        PropertyInfo[] said = [.. typeof(AnswerFacts).GetProperties().Where(property => property.CanWrite)];
        var empty = new AnswerFacts();

        // So that a fact which is added one day is found missing here.
        Assert.All(said, property => Assert.NotEqual(property.GetValue(empty), property.GetValue(facts)));
        facts.GiveBack();

        AnswerFacts next = AnswerFacts.Borrow();
        Assert.Same(facts, next);
        Assert.All(said, property => Assert.Equal(property.GetValue(empty), property.GetValue(next)));
    }

    [Fact]
    public void Borrow_WhileOthersAreOut_LendsEachTheirOwn()
    {
        AnswerFacts first = AnswerFacts.Borrow();
        AnswerFacts second = AnswerFacts.Borrow();

        Assert.NotSame(first, second);
        second.GiveBack();
        first.GiveBack();
        Assert.NotSame(AnswerFacts.Borrow(), AnswerFacts.Borrow());
    }

    [Fact]
    public void Read_TheNamesOfTheAnswerBefore_AreTheSameTexts()
    {
        AnswerFacts facts = Read(Full);
        (string? model, string? provider) = (facts.Model, facts.Provider);
        facts.GiveBack();

        AnswerFacts same = Read(Full);
        Assert.Same(model, same.Model);
        Assert.Same(provider, same.Provider);
        same.GiveBack();

        AnswerFacts other = Read("""{"model":"c/d","provider":null}""");
        Assert.Equal(("c/d", null), (other.Model, other.Provider));
        other.GiveBack();
    }

    [Fact]
    public void GiveBack_ANameLongerThanNamesAre_IsNotKept()
    {
        string name = new('n', 100_000);
        AnswerFacts facts = Read($$"""{"model":"{{name}}"}""");
        Assert.Equal(name, facts.Model);
        facts.GiveBack();

        AnswerFacts next = AnswerFacts.Borrow();
        Assert.True((next.KnownModel?.Length ?? 0) <= 128);
        next.GiveBack();
    }

    private static AnswerFacts Read(string json)
    {
        AnswerFacts facts = AnswerFacts.Borrow();
        Assert.True(AnswerReader.TryRead(Encoding.UTF8.GetBytes(json), facts));
        return facts;
    }
}
