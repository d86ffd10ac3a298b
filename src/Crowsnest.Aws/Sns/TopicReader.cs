namespace Crowsnest.Aws.Sns;

/// <summary>Looks at a topic of Amazon SNS without publishing to it.</summary>
public static class TopicReader
{
    /// <summary>How many subscriptions are confirmed; <see langword="null"/> when there is no such topic.</summary>
    /// <param name="topicArn">Its ARN.</param>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where SNS is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public static async Task<int?> SubscriptionsAsync(string topicArn, AwsIdentity identity, Uri? endpoint, TimeProvider time, CancellationToken cancellationToken)
    {
        using var client = new AwsQueryClient(identity, "sns", "2010-03-31", endpoint, time);
        try
        {
            var answer = await client.CallAsync("GetTopicAttributes", [new("TopicArn", topicArn)], cancellationToken).ConfigureAwait(false);
            var confirmed = answer.Descendants().Where(e => e.Name.LocalName == "entry" && AwsQueryClient.Text(e, "key") == "SubscriptionsConfirmed").Select(e => AwsQueryClient.Text(e, "value"));
            return int.TryParse(confirmed.FirstOrDefault(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count) ? count : 0;
        }
        catch (AwsException none) when (none.Code is "NotFound" or "NotFoundException")
        {
            return null;
        }
    }
}
