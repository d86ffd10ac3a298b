using System.Globalization;
using Crowsnest.Aws.Ecs;
using Crowsnest.Aws.Logs;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.Logs;

/// <summary>The end of a log stream, from an own CloudWatch Logs and from one that nobody here wrote.</summary>
public sealed class LogsClientTests(Moto moto)
{
    private readonly LeapingTime _time = new(Some.Noon);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Goal: the last lines whatever the pages are like: as many as wanted, fewer, none yet, or the stream's beginning.
    [Theory]
    [InlineData(100, 0, 20, 1)]
    [InlineData(100, 2, 20, 3)]
    [InlineData(7, 0, 7, 2)]
    [InlineData(7, 1, 7, 3)]
    [InlineData(0, 0, 0, 2)]
    public async Task The_last_lines_come_in_their_order(int lines, int emptyPages, int come, int calls)
    {
        await using var logs = new OwnLogs { EmptyPages = emptyPages };
        logs.Streams[("/ecs/api", "web/web/t1")] = [.. Enumerable.Range(0, lines).Select(i => ((long)i, "line " + i.ToString(CultureInfo.InvariantCulture)))];
        using var client = new LogsClient(Moto.Identity, logs.Address, new EcsBudget(EcsBudget.Share, _time), _time);

        var last = await client.LastAsync("/ecs/api", "web/web/t1", 20, Stop);

        Assert.Equal(Enumerable.Range(lines - come, come).Select(i => new LogLine(i, "line " + i.ToString(CultureInfo.InvariantCulture))), last);
        Assert.Equal(calls, logs.Calls.Count);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_and_a_right_that_is_missing_are_told_apart()
    {
        await using var logs = new OwnLogs();
        using var client = new LogsClient(Moto.Identity, logs.Address, new EcsBudget(EcsBudget.Share, _time), _time);
        Assert.Equal("ResourceNotFoundException", (await Assert.ThrowsAsync<AwsException>(() => client.LastAsync("g", "s", 20, Stop))).Code);
        logs.Before = () => "AccessDeniedException";
        Assert.Contains("Not allowed", (await Assert.ThrowsAsync<AwsException>(() => client.LastAsync("g", "s", 20, Stop))).InWords, StringComparison.Ordinal);
    }

    // Goal: logs are asked for at a quarter of the smallest quota, and less when they say so. Method: forty looks on a clock that leaps over waits.
    [Fact]
    public async Task Looks_keep_to_the_budget()
    {
        await using var logs = new OwnLogs();
        logs.Streams[("g", "s")] = [.. Enumerable.Range(0, 50).Select(i => ((long)i, "x"))];
        var budget = new EcsBudget(EcsBudget.Share, _time);
        using var client = new LogsClient(Moto.Identity, logs.Address, budget, _time);
        for (var i = 0; i < 42; i++) await client.LastAsync("g", "s", 20, Stop);
        Assert.True(_time.GetUtcNow() - Some.Noon >= TimeSpan.FromSeconds(15.5), (_time.GetUtcNow() - Some.Noon).ToString());
        Assert.Equal(42, budget.Calls);

        logs.Before = () => "ThrottlingException";
        await Assert.ThrowsAsync<AwsException>(() => client.LastAsync("g", "s", 20, Stop));
        logs.Before = () => null;
        var before = _time.GetUtcNow();
        await client.LastAsync("g", "s", 20, Stop);
        Assert.True(_time.GetUtcNow() - before >= TimeSpan.FromSeconds(0.5), (_time.GetUtcNow() - before).ToString());
    }

    [Fact]
    public async Task Lines_that_were_put_into_moto_come_back()
    {
        using var put = new AwsJsonClient(Moto.Identity, moto.Address, "logs", "Logs_20140328", TimeProvider.System, 2, "application/x-amz-json-1.1");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await CallAsync("CreateLogGroup", json => json.WriteString("logGroupName", "/ecs/moto"));
        await CallAsync("CreateLogStream", json => Stream(json));
        await CallAsync("PutLogEvents", json =>
        {
            Stream(json);
            json.WriteStartArray("logEvents");
            for (var i = 0; i < 30; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("timestamp", now - 30_000 + (i * 1_000));
                json.WriteString("message", "line " + i.ToString(CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        using var client = new LogsClient(Moto.Identity, moto.Address, new EcsBudget(EcsBudget.Share, TimeProvider.System), TimeProvider.System);

        var last = await client.LastAsync("/ecs/moto", "web/web/t1", 20, Stop);

        Assert.Equal(Enumerable.Range(10, 20).Select(i => new LogLine(now - 30_000 + (i * 1_000), "line " + i.ToString(CultureInfo.InvariantCulture))), last);
        Assert.Equal("ResourceNotFoundException", (await Assert.ThrowsAsync<AwsException>(() => client.LastAsync("/ecs/moto", "other", 20, Stop))).Code);

        async Task CallAsync(string operation, Action<System.Text.Json.Utf8JsonWriter> write)
        {
            using var answer = await put.CallAsync(operation, write, Stop);
        }

        static void Stream(System.Text.Json.Utf8JsonWriter json)
        {
            json.WriteString("logGroupName", "/ecs/moto");
            json.WriteString("logStreamName", "web/web/t1");
        }
    }
}
