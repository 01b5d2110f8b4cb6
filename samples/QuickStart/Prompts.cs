namespace QuickStart;

/// <summary>What the steps ask for.</summary>
internal static class Prompts
{
    public const string Plan = "In one sentence: what should a bicycle shop restock before spring?";
    public const string Mail = "Label this mail as order, complaint or spam, in one word: 'My wheel arrived bent.'";
    public const string Thanks = "Thank the customer for the patience, in one short sentence.";
    public const string Restock = "Check the stock of chains, tyres and saddles. Order 20 of whatever has fewer than 5 left, then sum up in one sentence.";
    public const string Explain = "Explain in two or three sentences why an agent needs an emergency stop.";
    public const string Runaway = "Order 500 chains, one chain per order, one order after the other.";
    public const string Resume = "In one short sentence: are you back at work?";
}
