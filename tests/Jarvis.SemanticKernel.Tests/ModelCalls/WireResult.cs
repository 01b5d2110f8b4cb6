using System.Text;

namespace Jarvis.SemanticKernel.Tests.ModelCalls;

/// <summary>What a call's reader and its ledger saw.</summary>
internal sealed record WireResult(byte[] Delivered, Exception? Failure, IReadOnlyList<AiCallRecord> Records)
{
    public string Text => Encoding.UTF8.GetString(Delivered);

    public ExpectedCall Call => ExpectedCall.Of(Assert.Single(Records));

    public ModelCallException Refused => Assert.IsType<ModelCallException>(Failure, exactMatch: false);
}
