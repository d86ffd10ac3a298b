using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Rules.Expected;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Rules that expect something to come, over any store.</summary>
public abstract class ExpectedContract<TPlace> where TPlace : StorePlace, new()
{
    private static readonly ConditionRule Missed = new()
    {
        Name = "report-missed", Condition = ConditionKind.ScheduleMissed, For = TimeSpan.FromMinutes(10), Severity = Severity.Error,
        Scheduled = new ScheduledTask(TaskSchedule.Parse("cron(30 12 * * ? *)", TimeZoneInfo.Utc, out _)!, "report", new ClusterName("", "", "batch")),
    };

    private static readonly ConditionRule Silent = new() { Name = "stream-silent", Condition = ConditionKind.StreamSilent, For = TimeSpan.FromMinutes(15), Severity = Severity.Critical };

    [Fact]
    public async Task A_scheduled_task_is_missed_when_its_grace_is_over_and_no_more_when_it_is_started()
    {
        await using var telling = await StartAsync(Missed);

        // Neither the run of yesterday that still goes on, nor another cluster's, nor another family's is this one.
        await telling.SubmitAsync(Run("a", -1_405), Run("b", 35, cluster: "test"), Run("c", 35, family: "report-2"));
        await telling.PassAsync(TimeSpan.FromMinutes(39));
        Assert.Empty(telling.Told);
        await telling.SubmitAsync(Run("a", -1_405, "RUNNING", 39));
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        var told = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal(("report", "batch", "error", Some.Noon.AddMinutes(30)), (told.Labels["family"], told.Labels["cluster"], told.Labels["severity"], told.FirstAt));
        Assert.Contains("12:30 UTC", told.Summary, StringComparison.Ordinal);

        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Single(telling.Told);
        await telling.SubmitAsync(Run("d", 45));
        await telling.PassAsync(TimeSpan.FromMinutes(7));
        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));
    }

    [Fact]
    public async Task A_scheduled_task_that_was_started_in_time_is_not_told_also_when_it_is_gone_by_then_and_after_a_restart()
    {
        await using var telling = await StartAsync(Missed);
        await telling.SubmitAsync(Run("a", -1), Run("b", 31), Run("b", 31, "STOPPED", 32));
        await telling.PassAsync(TimeSpan.FromMinutes(41));
        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal((0, 0L), (telling.Told.Count, (await telling.Incidents.CountsAsync(TestContext.Current.CancellationToken)).Firing));
    }

    [Fact]
    public async Task Of_a_time_before_anything_was_heard_nobody_says_that_a_task_was_missed()
    {
        await using var telling = await StartAsync(Missed);
        telling.Time.Advance(TimeSpan.FromMinutes(50));
        await telling.TickAndSendAsync();
        await telling.SubmitAsync(Run("x", 31, family: "other"));
        await telling.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(telling.Told);
    }

    [Fact]
    public async Task A_stream_whose_heartbeat_stays_away_is_told_and_one_that_never_had_one_is_not()
    {
        await using var telling = await StartAsync(Silent);
        await telling.SubmitAsync(Beat("111122223333", 0), Beat("444455556666", 0), Run("a", 0));
        for (var minute = 5; minute <= 25; minute += 5)
        {
            await telling.PassAsync(TimeSpan.FromMinutes(5));
            await telling.SubmitAsync(Beat("444455556666", minute));
            Assert.Equal(minute > 15 ? 1 : 0, telling.Told.Count);
        }

        var told = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal(("111122223333", "eu-west-1", "critical", Some.Noon), (told.Labels["account"], told.Labels["region"], told.Labels["severity"], told.FirstAt));

        // What came before the process did is known to it.
        await telling.RestartAsync();
        await telling.SubmitAsync(Beat("444455556666", 25));
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Single(telling.Told);
        await telling.SubmitAsync(Beat("111122223333", 28));
        await telling.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));
    }

    [Fact]
    public async Task A_backlog_is_judged_by_its_own_time()
    {
        await using var telling = await StartAsync(Silent);
        await telling.SubmitAsync(Beat("111122223333", 0));
        telling.Time.Advance(TimeSpan.FromHours(2));
        await telling.TickAsync(behind: TimeSpan.FromMinutes(110));
        await telling.SubmitAsync([.. Enumerable.Range(1, 23).Select(at => Beat("111122223333", at * 5))]);
        await telling.TickAndSendAsync();
        Assert.Empty(telling.Told);
    }

    private static async Task<TellingHarness> StartAsync(ConditionRule rule)
    {
        var telling = await TellingHarness.StartAsync(new TPlace(), null, new RuleSet([], []), conditions: rule);

        // Nothing here turns on less than a minute.
        telling.Step *= 2;
        return telling;
    }

    private static EcsEvent Run(string task, int minute, string status = "PROVISIONING", int? said = null, string family = "report", string cluster = "batch") => Read($$$"""
        {"version":"0","id":"{{{Guid(task, minute, said)}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"{{{At(said ?? minute)}}}",
         "detail":{"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/{{{cluster}}}","taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/{{{cluster}}}/{{{task}}}","group":"family:{{{family}}}",
          "taskDefinitionArn":"arn:aws:ecs:eu-west-1:123456789012:task-definition/{{{family}}}:7","lastStatus":"{{{status}}}","desiredStatus":"RUNNING","version":{{{(said is null ? 1 : 2)}}},
          "createdAt":"{{{At(minute)}}}","updatedAt":"{{{At(said ?? minute)}}}","containers":[]}}
        """, said ?? minute);

    private static EcsEvent Beat(string account, int minute) => Read($$$"""
        {"version":"0","id":"{{{Guid(account, minute, null)}}}","detail-type":"Crowsnest Heartbeat","source":"crowsnest.heartbeat","account":"{{{account}}}","region":"eu-west-1","time":"{{{At(minute)}}}","resources":[],"detail":{}}
        """, minute);

    private static string Guid(string of, int minute, int? said) => $"{of}-{minute}-{said}";

    private static string At(int minute) => $"{Some.Noon.AddMinutes(minute):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    private static EcsEvent Read(string json, int minute) => Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Some.Noon.AddMinutes(minute))).Event;
}
