using Amazon;
using Amazon.Runtime;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Aws.Sns;

/// <summary>Publishes messages to a topic of Amazon SNS: subject, text, and attributes for filter policies.</summary>
public sealed class SnsNotifier : INotifier, IDisposable
{
    private static readonly TimeSpan CallTime = TimeSpan.FromSeconds(10);

    private readonly string _topicArn;
    private readonly Uri _endpoint;
    private readonly Uri? _externalUrl;
    private readonly TimeProvider _time;

    // Made with the first message: credentials may come later than the program, and a machine without them must still start.
    private readonly Lazy<HttpClient> _http;

    /// <summary>One topic. Dispose closes its connections.</summary>
    /// <param name="topicArn">Its ARN.</param>
    /// <param name="identity">Finds out as whom, when there is a message; its <see cref="AwsException"/> is a reason not to send yet.</param>
    /// <param name="endpoint">Where SNS is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="externalUrl">Where people reach the server, for a link; <see langword="null"/> for none.</param>
    /// <param name="time">The clock.</param>
    public SnsNotifier(string topicArn, Func<AwsIdentity> identity, Uri? endpoint, Uri? externalUrl, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(identity);
        (_topicArn, _externalUrl, _time) = (topicArn, externalUrl, time);
        var region = RegionEndpoint.GetBySystemName(RegionOf(topicArn) ?? throw new ArgumentException("It is not the ARN of a topic.", nameof(topicArn)));
        _endpoint = endpoint ?? new Uri($"https://sns.{region.SystemName}.{region.PartitionDnsSuffix}/");
        _http = new Lazy<HttpClient>(() => AwsHttp.Create(identity(), "sns", connections: 4), LazyThreadSafetyMode.PublicationOnly);
    }

    /// <inheritdoc/>
    public string Kind => "sns";

    /// <summary>The region of a topic's ARN, or <see langword="null"/> when it is none.</summary>
    public static string? RegionOf(string topicArn)
    {
        ArgumentNullException.ThrowIfNull(topicArn);
        return topicArn.Split(':') is ["arn", { Length: > 0 }, "sns", { Length: > 0 } region, { Length: 12 } account, { Length: > 0 }] && account.All(char.IsAsciiDigit) ? region : null;
    }

    /// <inheritdoc/>
    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        using var limit = new CancellationTokenSource(CallTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var form = new FormUrlEncodedContent(SnsMessage.Form(notification, _topicArn, _externalUrl));
            using var answer = await _http.Value.PostAsync(_endpoint, form, both.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? Delivery.Sent : Judge(AwsQueryClient.Refusal(answer.StatusCode, await answer.Content.ReadAsStringAsync(both.Token).ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Delivery.NotNow($"{Name} did not answer within {CallTime.TotalSeconds:0} s");
        }
        catch (HttpRequestException broken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Delivery.NotNow($"{Name} cannot be reached: {VisibleText.Of(broken.Message, 200)}");
        }
        catch (AwsException none)
        {
            return Delivery.NotNow($"{Name}: {VisibleText.Of(none.InWords, 300)}");
        }
        catch (AmazonClientException none)
        {
            return Delivery.NotNow($"{Name}: the credentials cannot be had: {VisibleText.Of(none.Message, 200)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_http.IsValueCreated) _http.Value.Dispose();
    }

    private string Name => $"the topic {_topicArn[(_topicArn.LastIndexOf(':') + 1)..]}";

    // Credentials are renewed and throttling passes; what the topic itself refuses, it refuses again.
    private Delivery Judge(AwsException refusal) =>
        refusal.IsTransient || refusal.IsUnauthorized ? Delivery.NotNow($"{Name}: {Words(refusal)}")
        : Delivery.Refused(refusal.Code switch
        {
            "NotFound" or "NotFoundException" => $"{Name} is not there; check topic_arn",
            "AuthorizationError" or "AuthorizationErrorException" or "AccessDenied" => $"{Name}: it may not be published to; the role needs sns:Publish on it",
            _ => $"{Name}: {Words(refusal)}",
        });

    private static string Words(AwsException refusal) => VisibleText.Of(refusal.InWords, 300);
}
