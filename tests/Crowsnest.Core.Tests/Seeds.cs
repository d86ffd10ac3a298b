using System.Globalization;

namespace Crowsnest.Core.Tests;

/// <summary>Chance for property tests: the same each time, unless <c>CROWSNEST_SEED</c> names another seed (<c>./test soak</c> does); printed either way.</summary>
public static class Seeds
{
    public static Random Random(ITestOutputHelper output, out int seed)
    {
        seed = int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 20261124;
        output.WriteLine($"CROWSNEST_SEED={seed}");
        return new Random(seed);
    }
}
