using System.Globalization;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Http;

/// <summary>What a target answered, and what that means for the message.</summary>
/// <param name="Target">Who answered.</param>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Phrase">The words beside the status.</param>
/// <param name="Redirect">Where it wants to lead us, or <see langword="null"/>.</param>
/// <param name="Body">What it said, as far as it was read: hostile, and perhaps with our secrets in it.</param>
/// <param name="RetryAfter">How long it asked to be left alone, or <see langword="null"/>.</param>
internal sealed record HttpAnswer(HttpTarget Target, int Status, string Phrase, Uri? Redirect, string Body, TimeSpan? RetryAfter)
{
    private const int QuoteMax = 200;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>2xx is sent; 408, 425, 429 and 5xx are not now; all else is refused, with what <paramref name="hint"/> has to say of that status.</summary>
    public Delivery Judge(Func<int, string?> hint)
    {
        if (IsSuccess) return Delivery.Sent;
        var words = string.Create(CultureInfo.InvariantCulture, $"{Target.Name} answered {Status} {Target.Quote(Phrase, 60)}").TrimEnd();
        if (Status is >= 300 and < 400)
        {
            var to = Redirect is { IsAbsoluteUri: true, Scheme: "http" or "https" } ? $" to {Redirect.Scheme}://{Target.Quote(Redirect.Host, 100)}" : "";
            return Delivery.Refused($"{words}: a redirect{to}, which is not followed; put the address that it leads to into the configuration");
        }

        var said = Target.Quote(Body, QuoteMax);
        if (said.Length > 0) words = $"{words}: {said}";
        if (Status is 408 or 425 or 429 or (>= 500 and < 600)) return Delivery.NotNow(words, RetryAfter);
        return Delivery.Refused(hint(Status) is { } help ? $"{words}; {help}" : words);
    }
}
