using System.Text;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Core.Tests.Rules;

public class QuietFleetTests
{
    // Goal: rules of capacity say nothing of a fleet in which tasks come and go and all is well. Method: hours of a generated fleet without failures, minute by minute, through the
    // whole way from an event to a message. Its tasks are placed by chance and not spread, which zones-uneven tells of; that shows that rules are looked at.
    [Fact]
    public async Task A_fleet_that_is_well_is_not_told_of()
    {
        var events = GeneratedStream.Make("quiet", "--events 6000 --failures 0 --clusters 2 --services 12 --instances 30 --tasks 120 --start 2026-03-02T12:00:00Z").Lines
            .Select(line => Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(line), Some.Noon)).Event).OrderBy(e => e.OccurredAt).ToList();
        await using var place = new MemoryPlace();
        await using var telling = await TellingHarness.StartAsync(place, null, new RuleSet([], []), conditions: [.. new ShippedRules(ShippedRules.Of("capacity")).Conditions]);
        foreach (var minute in events.GroupBy(e => (int)(e.OccurredAt - Some.Noon).TotalMinutes))
        {
            await telling.PassAsync(Some.Noon.AddMinutes(minute.Key + 1) - telling.Time.GetUtcNow());
            await telling.SubmitAsync([.. minute]);
        }

        Assert.True(telling.Time.GetUtcNow() > Some.Noon.AddHours(1), $"{telling.Time.GetUtcNow()}");
        Assert.Equal(["zones-uneven"], telling.Told.SelectMany(n => n.Incidents).Select(i => i.Labels["alertname"]).Distinct());
    }
}
