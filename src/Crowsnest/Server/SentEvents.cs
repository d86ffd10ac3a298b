using System.IO.Pipelines;
using System.Text;

namespace Crowsnest.Server;

/// <summary>What streams of server-sent events share.</summary>
internal static class SentEvents
{
    // Proxies close what is silent for a minute; a browser notices a line that is dead by this.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Begins the answer.</summary>
    public static PipeWriter Begin(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        Line(http.Response.BodyWriter, ": crowsnest\nretry: 2000\n\n");
        return http.Response.BodyWriter;
    }

    /// <summary>Waits for news; false when none came for so long that the client must hear that the stream lives.</summary>
    public static async Task<bool> WaitAsync(Func<CancellationToken, Task> news, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(state => ((CancellationTokenSource)state!).Cancel(), limit, KeepAlive, Timeout.InfiniteTimeSpan);
        try
        {
            await news(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Says that the stream lives, with the place to come back to where the client has not heard of it.</summary>
    public static ValueTask<FlushResult> KeepAliveAsync(PipeWriter body, string? place, CancellationToken cancellationToken)
    {
        Line(body, place is null ? ": keep-alive\n\n" : $": keep-alive\nid: {place}\n\n");
        return body.FlushAsync(cancellationToken);
    }

    /// <summary>Writes text.</summary>
    public static void Line(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);
}
