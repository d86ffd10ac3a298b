using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Rules;

namespace Crowsnest.Core.Tests.Incidents;

public class ConditionWatchTests
{
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(20);

    // Each task that starts is pending for a while: that is no news until it has been so for long enough, and a pass over incidents for each would be one a second.
    [Fact]
    public async Task What_has_not_held_for_long_enough_is_no_news()
    {
        var rule = new ConditionRule { Name = "task-pending", Condition = ConditionKind.TaskPending, For = TimeSpan.FromMinutes(10) };
        var view = ConditionRulesTests.Fleet([Pending("a", 1_190)]);
        var watch = new ConditionWatch(new ConditionRules([rule]), () => view, null);
        await ApplyAsync(watch, Now);

        view = ConditionRulesTests.Fleet([Pending("a", 1_190), Pending("b", 1_195, "web")]);
        Assert.Null(await NewsAsync(watch, Now));
        var due = await NewsAsync(watch, Now.AddMinutes(10));
        Assert.Equal(2, due!.Conditions.Count);

        // What has an incident is followed to its end.
        watch.Applied(due, [.. due.Conditions.Select(one => IncidentKeys.OfIncidents(one.Firing))], null);
        view = ConditionRulesTests.Fleet([Pending("c", 1_780)]);
        Assert.NotNull(await NewsAsync(watch, Now.AddMinutes(10)));
    }

    private static ValueTask<HeldConditions?> NewsAsync(ConditionWatch watch, DateTimeOffset watermark) => watch.NewsAsync(watermark, watermark, watermark.AddHours(-1), TestContext.Current.CancellationToken);

    private static async Task ApplyAsync(ConditionWatch watch, DateTimeOffset watermark) => watch.Applied((await NewsAsync(watch, watermark))!, [], null);

    private static EcsEvent Pending(string task, int seconds, string service = "api") => Some.Event(
        EventKind.Task,
        new TaskDetail { Version = 1, LastStatus = "PENDING", DesiredStatus = "RUNNING", CreatedAt = new EventTime(Some.Noon.AddSeconds(seconds).ToUnixTimeMilliseconds()), Group = "service:" + service }, seconds, service, task);
}
