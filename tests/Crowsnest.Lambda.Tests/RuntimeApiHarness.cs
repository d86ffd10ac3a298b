using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using Crowsnest.Core.Tests;

namespace Crowsnest.Lambda.Tests;

/// <summary>
/// Lambda's Runtime API for one environment at a time, by its published rules (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html): one invocation at hand,
/// answers only for it and by its invocation id, within its deadline and 6 MB.
/// </summary>
internal sealed class RuntimeApiHarness : IDisposable
{
    private const int AnswerBytesMax = 6 * 1024 * 1024;

    private readonly HttpListener _listener = new();
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _serving;
    private Call? _current;

    public RuntimeApiHarness()
    {
        Address = $"127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}";
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>What <c>AWS_LAMBDA_RUNTIME_API</c> says.</summary>
    public string Address { get; }

    /// <summary>What the function said when it could not start.</summary>
    public TaskCompletionSource<Outcome> InitError { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bodies that were refused, with why.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Calls the function; completes with its answer or its failure.</summary>
    public Task<Outcome> InvokeAsync(string body, TimeSpan? timeout = null, string? invocationIdExpected = null)
    {
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var call = new Call(
            RandomNumberGenerator.GetHexString(32, lowercase: true), id, invocationIdExpected ?? id, body, timeout ?? TimeSpan.FromSeconds(60), new TaskCompletionSource<Outcome>(TaskCreationOptions.RunContinuationsAsynchronously));
        Assert.True(_calls.Writer.TryWrite(call));
        return call.Done.Task;
    }

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Close();
        _ending.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // It is over.
        }
    }

    private async Task AnswerAsync(HttpListenerContext asked)
    {
        try
        {
            using var reader = new StreamReader(asked.Request.InputStream);
            var body = await reader.ReadToEndAsync(_ending.Token);
            switch (asked.Request.Url!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["2018-06-01", "runtime", "invocation", "next"] when asked.Request.HttpMethod == "GET":
                    await NextAsync(asked.Response);
                    return;
                case ["2018-06-01", "runtime", "invocation", var id, "response" or "error"] when asked.Request.HttpMethod == "POST":
                    Settle(asked, id, body, asked.Request.Headers["Lambda-Runtime-Function-Error-Type"]);
                    return;
                case ["2018-06-01", "runtime", "init", "error"] when asked.Request.HttpMethod == "POST":
                    InitError.TrySetResult(new Outcome(body, asked.Request.Headers["Lambda-Runtime-Function-Error-Type"]));
                    Close(asked.Response, 202, """{"status":"OK"}""");
                    return;
                default:
                    Close(asked.Response, 404, "");
                    return;
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or HttpListenerException or ObjectDisposedException)
        {
            // It is over, or the function is gone.
        }
    }

    private async Task NextAsync(HttpListenerResponse answer)
    {
        var call = await _calls.Reader.ReadAsync(_ending.Token);
        var deadline = TimeProvider.System.GetUtcNow() + call.Timeout;
        _current = call with { Deadline = deadline };
        answer.Headers["Lambda-Runtime-Aws-Request-Id"] = call.RequestId;
        answer.Headers["Lambda-Runtime-Invocation-Id"] = call.InvocationId;
        answer.Headers["Lambda-Runtime-Deadline-Ms"] = deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        answer.Headers["Lambda-Runtime-Trace-Id"] = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1";
        answer.Headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:eu-west-1:123456789012:function:crowsnest";
        Close(answer, 200, call.Body);
    }

    private void Settle(HttpListenerContext asked, string requestId, string body, string? errorType)
    {
        if (_current is not { } call || call.RequestId != requestId)
        {
            Refuse(asked.Response, 400, "InvalidRequestID");
        }
        else if (asked.Request.Headers["Lambda-Runtime-Invocation-Id"] != call.InvocationIdExpected)
        {
            Refuse(asked.Response, 400, "InvalidInvocationId");
            call.Done.TrySetResult(new Outcome("", "Sandbox.Refused"));
        }
        else if (body.Length > AnswerBytesMax)
        {
            Refuse(asked.Response, 413, "RequestEntityTooLarge");
        }
        else
        {
            Close(asked.Response, 202, """{"status":"OK"}""");
            call.Done.TrySetResult(TimeProvider.System.GetUtcNow() > call.Deadline ? new Outcome(body, "Sandbox.Timedout") : new Outcome(body, errorType));
            _current = null;
        }
    }

    private void Refuse(HttpListenerResponse answer, int status, string type)
    {
        Refused.Add(type);
        Close(answer, status, $$"""{"errorMessage":"refused","errorType":"{{type}}"}""");
    }

    private static void Close(HttpListenerResponse answer, int status, string body)
    {
        answer.StatusCode = status;
        answer.Close(System.Text.Encoding.UTF8.GetBytes(body), willBlock: false);
    }

    private sealed record Call(string RequestId, string InvocationId, string InvocationIdExpected, string Body, TimeSpan Timeout, TaskCompletionSource<Outcome> Done)
    {
        public DateTimeOffset Deadline { get; init; }
    }
}

/// <summary>What came of a call.</summary>
/// <param name="Body">The answer, or the error's document.</param>
/// <param name="ErrorType">What it failed with; <see langword="null"/> when it did not.</param>
internal sealed record Outcome(string Body, string? ErrorType);
