using Crowsnest.Aws.Sns;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Crowsnest.Server;

/// <summary>Takes what Amazon SNS delivers to <c>POST /events</c>: a request with its header, whose signature is its authentication.</summary>
/// <remarks>
/// What SNS should send again is answered with 503, which makes it; another refusal ends the message's delivery. Nothing of a delivery is kept or fetched before it is known to be
/// SNS's own, and of its envelope only what is signed is read.
/// </remarks>
#pragma warning disable CA1001 // The semaphore lives as long as the server and never makes a wait handle, so there is nothing to close.
internal sealed class SnsEndpoint(ServerParts parts, Func<HttpContext, Stream, string, int, Task<IResult>> commit)
#pragma warning restore CA1001
{
    /// <summary>What marks a request as a delivery of SNS.</summary>
    public const string Header = "x-amz-sns-message-type";

    // SNS's messages have 256 KiB; every quote and line break in them is escaped, and some of that twice.
    private const long BodyMax = 2 << 20;

    // Each holds a whole message, and whoever sends them is not known yet.
    private const int AtOnceMax = 16;

    // SNS itself gives up after fifteen.
    private static readonly TimeSpan ReadTime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _atOnce = new(AtOnceMax, AtOnceMax);

    /// <summary>Whether the request says that it is a delivery of SNS.</summary>
    public static bool IsDelivery(HttpContext http) => http.Request.Headers.ContainsKey(Header);

    /// <summary>Answers 200 when what was delivered is on disk, or was confirmed.</summary>
    public async Task<IResult> TakeAsync(HttpContext http)
    {
        if (parts.Sns is not { } inbox)
            throw Refusal("No topic of SNS may deliver here: name its ARN in sources.http.sns_topics of crowsnest.yaml, and start again.");
        var type = http.Request.Headers[Header].ToString();
        if (http.Request.Headers["x-amz-sns-rawdelivery"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase))
            throw Refused(inbox, "Raw message delivery is on for this subscription. Turn it off (RawMessageDelivery false): the signature is of the envelope, and raw messages have none.");

        // What is not signed decides nothing.
        if (http.Request.Query.Count > 0) throw Refused(inbox, "A delivery of SNS takes no parameters: subscribe the address without them.");
        if (http.Request.Headers.ContentEncoding.Count > 0) throw Refused(inbox, "A delivery of SNS has no Content-Encoding.");
        switch (await JudgeAsync(http, inbox, type))
        {
            case SnsVerdict.Refused(var why):
                throw Refused(inbox, why);
            case SnsVerdict.NotNow(var why):
                throw Later(why);
            case SnsVerdict.Genuine { Envelope.Type: SnsEnvelope.Notification } delivery:
                using (var body = new MemoryStream(delivery.Envelope.ToIngest(), writable: false))
                    return await commit(http, body, SnsInbox.SourceOf(delivery.Topic), StatusCodes.Status200OK);
            case SnsVerdict.Genuine { Envelope.Type: SnsEnvelope.SubscriptionConfirmation } delivery:
                return await ConfirmAsync(http, inbox, delivery);
            case SnsVerdict.Genuine delivery:
                inbox.Say($"the topic {delivery.Topic.Arn} was unsubscribed from here: nothing comes from it any more ('aws sns subscribe' subscribes it again)");
                return Done("unsubscribed");
            case var verdict:
                throw new InvalidOperationException($"There is no such verdict: {verdict.GetType().Name}.");
        }
    }

    private async Task<SnsVerdict> JudgeAsync(HttpContext http, SnsInbox inbox, string type)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = BodyMax;
        using var limit = new CancellationTokenSource(ReadTime, parts.Time);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        var hasTurn = false;
        try
        {
            await _atOnce.WaitAsync(reading.Token);
            hasTurn = true;
            using var body = new MemoryStream((int)Math.Clamp(http.Request.ContentLength ?? 0, 0, BodyMax));
            await http.Request.Body.CopyToAsync(body, reading.Token);
            return await inbox.Gate.JudgeAsync(body.GetBuffer().AsMemory(0, (int)body.Length), type, http.RequestAborted);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            throw Later($"It was not read within {ReadTime.TotalSeconds:0} s.");
        }
        finally
        {
            if (hasTurn) _atOnce.Release();
        }
    }

    private static async Task<IResult> ConfirmAsync(HttpContext http, SnsInbox inbox, SnsVerdict.Genuine delivery)
    {
        switch (await inbox.Gate.ConfirmAsync(delivery, http.RequestAborted))
        {
            case SnsVerdict.Refused(var why):
                throw Refused(inbox, why);
            case SnsVerdict.NotNow(var why):
                inbox.Say($"the subscription of the topic {delivery.Topic.Arn} is not confirmed: {why}");
                throw Later(why);
            default:
                inbox.Say($"the topic {delivery.Topic.Arn} is subscribed: what is published to it comes in");
                return Done("subscribed");
        }
    }

    private static ContentHttpResult Done(string what) => TypedResults.Text(what + "\n");

    private static ProblemException Refused(SnsInbox inbox, string why)
    {
        inbox.Refuse(why);
        return Refusal(why);
    }

    private static ProblemException Refusal(string why) => new(StatusCodes.Status403Forbidden, "Forbidden", why);

    private static ProblemException Later(string why) => new(StatusCodes.Status503ServiceUnavailable, "Not now", why);
}
