using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Crowsnest.Lambda;

/// <summary>Lambda's Runtime API, version 2018-06-01 (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).</summary>
internal sealed class RuntimeApi : IDisposable
{
    private const string RequestIdHeader = "Lambda-Runtime-Aws-Request-Id";
    private const string InvocationIdHeader = "Lambda-Runtime-Invocation-Id";
    private const string DeadlineHeader = "Lambda-Runtime-Deadline-Ms";
    private const string TraceIdHeader = "Lambda-Runtime-Trace-Id";
    private const string ErrorTypeHeader = "Lambda-Runtime-Function-Error-Type";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;

    /// <summary>The API at an address; nothing is connected to yet.</summary>
    /// <param name="address">Host and port, what <c>AWS_LAMBDA_RUNTIME_API</c> says.</param>
    public RuntimeApi(string address)
    {
#pragma warning disable CA2000 // The client owns its handler.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null })
#pragma warning restore CA2000
        {
            BaseAddress = new Uri($"http://{address}/2018-06-01/runtime/"),
            // Between two invocations the environment is frozen, for hours.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Waits for the next invocation.</summary>
    /// <exception cref="RuntimeApiException">There will be none: the process is to end.</exception>
    public async Task<Invocation> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("invocation/next", UriKind.Relative), cancellationToken);
            if (!answer.IsSuccessStatusCode) throw new RuntimeApiException($"the Runtime API gives no invocation: {(int)answer.StatusCode}");
            return new Invocation(
                Header(answer, RequestIdHeader) ?? throw new RuntimeApiException("an invocation without an id"),
                Header(answer, InvocationIdHeader),
                long.TryParse(Header(answer, DeadlineHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var deadline) ? DateTimeOffset.FromUnixTimeMilliseconds(deadline) : DateTimeOffset.MaxValue,
                Header(answer, TraceIdHeader) ?? "",
                await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException gone)
        {
            throw new RuntimeApiException($"the Runtime API is gone: {gone.Message}", gone);
        }
    }

    /// <summary>The invocation is done.</summary>
    /// <returns>Empty, or why the answer was not taken.</returns>
    /// <exception cref="RuntimeApiException">The process is to end.</exception>
    public Task<string> RespondAsync(Invocation invocation, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken) =>
        PostAsync($"invocation/{Uri.EscapeDataString(invocation.RequestId)}/response", answer, invocation, errorType: null, cancellationToken);

    /// <summary>The invocation failed; who asked tries again, or not, by its own rules.</summary>
    /// <returns>Empty, or why the answer was not taken.</returns>
    /// <exception cref="RuntimeApiException">The process is to end.</exception>
    public Task<string> FailAsync(Invocation invocation, FunctionError error, CancellationToken cancellationToken) =>
        PostAsync($"invocation/{Uri.EscapeDataString(invocation.RequestId)}/error", error.ToJson(), invocation, error.Type, cancellationToken);

    /// <summary>The function cannot start.</summary>
    /// <exception cref="RuntimeApiException">The process is to end, as it is anyway.</exception>
    public Task<string> FailInitAsync(FunctionError error, CancellationToken cancellationToken) => PostAsync("init/error", error.ToJson(), invocation: null, error.Type, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string> PostAsync(string path, ReadOnlyMemory<byte> body, Invocation? invocation, string? errorType, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = Json;
            if (invocation?.InvocationId is { } id) request.Headers.TryAddWithoutValidation(InvocationIdHeader, id);
            if (errorType is not null) request.Headers.TryAddWithoutValidation(ErrorTypeHeader, errorType);
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (answer.IsSuccessStatusCode) return "";

            // "Container error. Non-recoverable state. Runtime should exit promptly."
            if (answer.StatusCode == HttpStatusCode.InternalServerError) throw new RuntimeApiException("the Runtime API says that this environment cannot go on");
            return $"the Runtime API did not take it: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}";
        }
        catch (HttpRequestException gone)
        {
            throw new RuntimeApiException($"the Runtime API is gone: {gone.Message}", gone);
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>What an invocation, or the start, failed with.</summary>
/// <param name="Type">A name of it that stays the same.</param>
/// <param name="Message">In words, with what to do.</param>
internal sealed record FunctionError(string Type, string Message)
{
    /// <summary>As Lambda shows it.</summary>
    public byte[] ToJson() => JsonBytes.Object(json =>
    {
        json.WriteString("errorMessage", Message);
        json.WriteString("errorType", Type);
        json.WriteStartArray("stackTrace");
        json.WriteEndArray();
    });
}

/// <summary>Nothing more is to be had from the Runtime API.</summary>
#pragma warning disable CA1032 // It always has words.
internal sealed class RuntimeApiException(string message, Exception? inner = null) : Exception(message, inner);
