using System.Globalization;
using System.Text;
using Crowsnest.OpenSearch.Events;

namespace Crowsnest.OpenSearch.Tests;

public sealed class SeenValuesTests
{
    // Short values in fields of neighbouring numbers: a hash that mixes these badly takes one for another.
    [Fact]
    public void A_value_is_new_once_an_event_whatever_was_met_before_it()
    {
        var (seen, random) = (new SeenValues(), new Random(20261129));
        for (var round = 0; round < 50; round++)
        {
            var known = new HashSet<(int, string)>();
            for (var i = 0; i < random.Next(2_000); i++)
            {
                var (field, value) = (random.Next(3), random.Next(1_000).ToString(CultureInfo.InvariantCulture));
                Assert.Equal(known.Add((field, value)), seen.Add(field, Encoding.UTF8.GetBytes(value)));
            }

            seen.Clear();
        }
    }
}
