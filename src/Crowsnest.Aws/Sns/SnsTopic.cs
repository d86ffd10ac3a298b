namespace Crowsnest.Aws.Sns;

/// <summary>A topic that may deliver over HTTP, and where AWS serves what its deliveries name.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="Region">The region in it.</param>
/// <param name="Name">The name in it.</param>
/// <param name="Host">The host of SNS in that region, the only one that anything is fetched from: <c>sns.REGION.amazonaws.com</c>.</param>
public sealed record SnsTopic(string Arn, string Region, string Name, string Host)
{
    // AWS allows 256, and FIFO topics, whose names have a dot, do not deliver over HTTP.
    private const int NameMax = 256;

    /// <summary>Reads an ARN; <see langword="null"/> when it is none of a topic that can deliver over HTTP.</summary>
    public static SnsTopic? Parse(string arn)
    {
        ArgumentNullException.ThrowIfNull(arn);
        if (arn.Split(':') is not ["arn", var partition, "sns", { Length: > 0 and <= 32 } region, { Length: 12 } account, { Length: > 0 and <= NameMax } name]) return null;
        var suffix = partition switch
        {
            "aws" or "aws-us-gov" => "amazonaws.com",
            "aws-cn" => "amazonaws.com.cn",
            _ => null,
        };
        if (suffix is null || !region.All(IsOfRegion) || !account.All(char.IsAsciiDigit) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return null;
        return new SnsTopic(arn, region, name, $"sns.{region}.{suffix}");
    }

    /// <summary>The names that a certificate of SNS's may be for, of which it needs one.</summary>
    /// <remarks>
    /// Most regions sign with one for <c>sns.amazonaws.com</c>, later ones with one for <c>sns-signing.REGION</c>, China and GovCloud with one of their own:
    /// the list is that of AWS's SDK for Java (its tests name every region). The host that it was fetched from is as good.
    /// </remarks>
    public IReadOnlyList<string> CertificateNames
    {
        get
        {
            var suffix = Host[(Host.IndexOf('.', StringComparison.Ordinal) + Region.Length + 2)..];
            return Region.StartsWith("cn-", StringComparison.Ordinal) ? [Host, $"sns-{Region}.{suffix}"]
                : Region.StartsWith("us-gov-", StringComparison.Ordinal) ? [Host, "sns-us-gov-west-1.amazonaws.com"]
                : [Host, $"sns-signing.{Region}.{suffix}", "sns.amazonaws.com"];
        }
    }

    private static bool IsOfRegion(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';
}
