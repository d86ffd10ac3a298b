using System.Text.Json;

namespace Crowsnest.Lambda.Tests;

/// <summary>How the process starts and ends.</summary>
public sealed class BootstrapTests
{
    [Fact]
    public async Task Mistakes_in_the_configuration_end_the_start_with_all_of_them()
    {
        await using var function = new RunningFunction("store: {kind: opensearch, urll: x}\nverify: {sorce: x}");

        var error = await function.Api.InitError.Task;

        Assert.Equal("ConfigException", error.ErrorType);
        var document = JsonElement.Parse(error.Body);
        Assert.Equal("ConfigException", document.GetProperty("errorType").GetString());
        Assert.Equal(JsonValueKind.Array, document.GetProperty("stackTrace").ValueKind);
        Assert.Contains("CROWSNEST_CONFIG_YAML:1:27: store.urll: unknown key", document.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Contains("CROWSNEST_CONFIG_YAML:2:10: verify.sorce: unknown key", document.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, await function.Ended);
    }

    [Fact]
    public async Task A_function_without_a_shared_store_says_what_to_write()
    {
        await using var function = new RunningFunction("route: {receiver: console}");

        var error = await function.Api.InitError.Task;

        Assert.Equal("NoStore", error.ErrorType);
        Assert.Contains("store: {kind: opensearch, url:", error.Body, StringComparison.Ordinal);
        Assert.Equal(1, await function.Ended);
    }

    [Fact]
    public async Task Outside_of_Lambda_it_says_what_it_is()
    {
        using var output = new MemoryStream();

        Assert.Equal(2, await Bootstrap.RunAsync(_ => null, output, TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Contains("AWS_LAMBDA_RUNTIME_API is not set", System.Text.Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "INFO WARN ERROR")]
    [InlineData("WARN", "WARN ERROR")]
    [InlineData("FATAL", "")]
    [InlineData("nonsense", "INFO WARN ERROR")]
    public void Lines_below_the_level_are_not_written_and_figures_always_are(string? least, string levels)
    {
        using var output = new MemoryStream();
        var log = new FunctionLog(output, "f", least, TimeProvider.System);

        log.Info("a \"b\" <c>");
        log.Warn("x");
        log.Error("y");
        log.Figures("batch", [("EventsStored", 1)]);

        var lines = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(levels.Split(' ', StringSplitOptions.RemoveEmptyEntries), lines.Where(l => !l.TryGetProperty("_aws", out _)).Select(l => l.GetProperty("level").GetString()));
        Assert.Single(lines, l => l.TryGetProperty("_aws", out _));
    }

    [Fact]
    public void A_schedule_is_a_tick_a_queue_is_a_batch_and_all_else_is_events()
    {
        Assert.IsType<FunctionInput.Tick>(Of(Calls.Tick));
        var queue = Assert.IsType<FunctionInput.Queue>(Of(Calls.Batch([("m", "{}")])));
        Assert.Equal(("crowsnest", "m", "{}"), (queue.Name, queue.Messages[0].Id, queue.Messages[0].Body));
        Assert.NotNull(queue.Messages[0].SentAt);

        // One record that cannot be answered for itself: nothing is thrown away, all of it goes through the reader.
        Assert.IsType<FunctionInput.Events>(Of("""{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}"""));
        Assert.IsType<FunctionInput.Events>(Of("""{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"{}"}}]}"""));
        Assert.IsType<FunctionInput.Events>(Of("""{"Records":[]}"""));
        Assert.IsType<FunctionInput.Events>(Of("""{"source":"aws.ecs","detail-type":"ECS Task State Change"}"""));
        Assert.IsType<FunctionInput.Events>(Of("[1]"));
        Assert.IsType<FunctionInput.Events>(Of("no JSON"));
        Assert.IsType<FunctionInput.Events>(Of(""));
    }

    private static FunctionInput Of(string body) => FunctionInput.Of(System.Text.Encoding.UTF8.GetBytes(body));
}
