using System.Net;

namespace Crowsnest.Aws;

/// <summary>A call to an AWS service that did not succeed, after what could be tried again was.</summary>
#pragma warning disable CA1032 // It always has a code.
public sealed class AwsException : Exception
{
    // Across services; https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html lists what SDKs take for throttling.
    private static readonly string[] Throttled =
        ["Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "OverLimit", "SlowDown", "KmsThrottled", "ProvisionedThroughputExceededException"];

    // Of DynamoDB: another transaction is about the same item right now.
    private static readonly string[] Contended = ["TransactionConflictException", "TransactionInProgressException"];

    private static readonly string[] Unauthorized =
        ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "MissingAuthenticationToken", "NoCredentials"];

    /// <summary>An answer that says no.</summary>
    public AwsException(string code, string message, HttpStatusCode? status)
        : base(message) => (Code, Status) = (code, status);

    /// <summary>No answer.</summary>
    public AwsException(string code, string message, Exception innerException)
        : base(message, innerException) => Code = code;

    /// <summary>The service's code for what went wrong, without its namespace; ours when there was no answer: <c>NoAnswer</c>, <c>NoCredentials</c>.</summary>
    public string Code { get; }

    /// <summary>The answer's status, or <see langword="null"/> when there was none.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Of a transaction that was refused: for each of its parts, in order, the code for what was wrong with it, or <c>None</c>.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>The service asks to be called less often.</summary>
    public bool IsThrottled => Status == HttpStatusCode.TooManyRequests || Throttled.Contains(Code, StringComparer.Ordinal);

    /// <summary>Who we are was not accepted, or has expired.</summary>
    public bool IsUnauthorized => Unauthorized.Contains(Code, StringComparer.Ordinal);

    /// <summary>The same call may work a moment later.</summary>
    public bool IsTransient => Code == "NoAnswer" || IsThrottled || Contended.Contains(Code, StringComparer.Ordinal) || Status is >= HttpStatusCode.InternalServerError;

    /// <summary>What went wrong and what a person can do, in one line.</summary>
    public string InWords => Code switch
    {
        "NoCredentials" => Message,
        "NoAnswer" => $"No answer: {Message}",
        _ when IsUnauthorized => $"The credentials are not accepted ({Code}: {Message}); renew them, or look at AWS_PROFILE and the role of this machine.",
        "AccessDenied" or "AccessDeniedException" => $"Not allowed ({Message}); the docs list what the role needs.",
        _ => $"{Code}: {Message}",
    };
}
