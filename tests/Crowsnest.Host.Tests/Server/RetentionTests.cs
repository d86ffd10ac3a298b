using System.Net;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Server;

public class RetentionTests
{
    // Both events are of long ago: what counts is when they were written. The second start is 31 days later.
    [Fact]
    public async Task Up_lets_go_of_what_is_older_than_it_is_kept_and_says_so()
    {
        await using var first = await RunningHost.StartAsync();
        await first.PostAsync("/api/v1/events", """[{"id":"a","detail-type":"X","source":"s","time":"2016-12-06T16:41:06Z","detail":{}},{"id":"b","detail-type":"X","source":"s","time":"2017-01-06T16:41:06Z","detail":{}}]""", HttpStatusCode.Accepted);
        await first.PostAsync("/api/v1/events", "no JSON", HttpStatusCode.Accepted);
        var before = await LookedAsync(first);
        Assert.Equal("""{"events":"30d","quarantine":"7d","incidents":"400d","sizeBytes":null,"problem":"","dropped":{"events":0,"quarantined":0,"resources":0,"incidents":0}}""", Without(before, "lastAt"));
        Assert.Equal(2, (await first.GetAsync("/api/v1/events?q=*")).GetProperty("items").GetArrayLength());

        await using var later = await first.RestartAsync(TimeSpan.FromDays(31));

        Assert.Equal("""{"events":2,"quarantined":1,"resources":0,"incidents":0}""", (await LookedAsync(later)).GetProperty("dropped").GetRawText());
        Assert.Equal(0, (await later.GetAsync("/api/v1/events?q=*")).GetProperty("items").GetArrayLength());
        Assert.Equal(2, (await later.GetAsync("/api/v1/pipeline")).GetProperty("total").GetProperty("stored").GetInt64());
    }

    [Fact]
    public async Task A_task_that_may_be_past_its_retention_is_gone_with_the_date_since_when_there_is_anything()
    {
        await using var first = await RunningHost.StartAsync();
        await first.PostAsync("/api/v1/events", """{"id":"a","detail-type":"ECS Task State Change","source":"aws.ecs","time":"2016-12-06T16:41:06Z","detail":{"taskArn":"arn:aws:ecs:eu-west-1:1:task/prod/t1","lastStatus":"STOPPED","version":3}}""", HttpStatusCode.Accepted);
        await first.GetAsync("/api/v1/tasks/t1");
        await first.GetAsync("/api/v1/tasks/t2", HttpStatusCode.NotFound);

        await using var later = await first.RestartAsync(TimeSpan.FromDays(31));
        await later.PostAsync("/api/v1/events", """{"id":"b","detail-type":"X","source":"s","time":"2017-01-06T16:41:06Z","detail":{}}""", HttpStatusCode.Accepted);
        Assert.Equal(1, (await LookedAsync(later)).GetProperty("dropped").GetProperty("events").GetInt32());

        Assert.Contains("before 2017-01-06T16:41:06.000Z is past its retention", (await later.GetAsync("/api/v1/tasks/t1", HttpStatusCode.Gone)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> LookedAsync(RunningHost host)
    {
        while (true)
        {
            var retention = (await host.GetAsync("/api/v1/pipeline")).GetProperty("retention");
            if (retention.GetProperty("lastAt").ValueKind != JsonValueKind.Null) return retention;
        }
    }

    private static string Without(JsonElement element, string name) =>
        "{" + string.Join(',', element.EnumerateObject().Where(p => p.Name != name).Select(p => $"\"{p.Name}\":{p.Value.GetRawText()}")) + "}";
}
