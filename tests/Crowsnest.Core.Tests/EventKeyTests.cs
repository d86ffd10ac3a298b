using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests;

public class EventKeyTests
{
    [Fact]
    public void A_key_reads_back_what_it_writes()
    {
        var key = new EventKey(1476736154000, UInt128.MaxValue - 5);

        Assert.True(EventKey.TryParse(key.ToString(), out var read));
        Assert.Equal(key, read);
    }
}
