namespace PlannerSample;

/// <summary>What the planner is asked for, and what it hands over.</summary>
internal static class Prompts
{
    public const string Split = "Write our spring newsletter, and leave to cheaper models what they can do.\n" + Job;

    public const string AllStrong = "Write our spring newsletter, and delegate every part to the tier strong.\n" + Job;

    public const string Label = "Label each review with one word, praise, complaint or question, one line each. Reviews: " + Reviews;

    public const string Facts = "List what customers want to know, each in five words at most. Reviews: " + Reviews;

    public const string Text = "Write the opening of a bicycle shop's spring newsletter in 60 words: friendly, no exclamation marks. It says that saddles and chains are in stock again and that the workshop needs two days for a service.";

    private const string Job = "First sort what our customers wrote, then find out what they want to know, then have the opening written, and put it together.\n" + Reviews;

    private const string Reviews =
        """
        1. The new saddle is the best I ever had, thank you.
        2. My chain came without the tool that the page promises.
        3. How long does a service take at the moment?
        4. Your workshop called me back within the hour, wonderful.
        5. I waited nine days for a tyre that was said to be in stock.
        6. Do you take old batteries back?
        7. The lights fell off on the first cobbled street.
        8. Friendly people, and the bike was clean as well.
        9. Is there a discount for two children's bikes?
        10. The parcel was soaked, the brake pads were not.
        """;
}
