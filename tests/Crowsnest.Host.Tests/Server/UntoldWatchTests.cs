using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

public sealed class UntoldWatchTests
{
    [Fact]
    public void What_comes_together_is_said_once_and_what_never_ends_once_a_minute()
    {
        var watch = new UntoldWatch();

        Assert.Equal([0, 0, 0, 5, 0, 0, 1, 0], new long[] { 0, 2, 5, 5, 5, 6, 6, 6 }.Select(watch.Look));
        Assert.Equal(60, Enumerable.Range(7, 120).Select(count => watch.Look(count)).First(said => said > 0));
    }
}
