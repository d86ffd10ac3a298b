using System.Net.Http.Headers;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Http;

/// <summary>What may be said of a target in a log, and what is taken out of text that it sent: a webhook's URL is often its password, and error pages like to repeat it.</summary>
internal sealed class HttpTarget
{
    // Shorter parts are words like "hooks"; they are no secret, and taking them out would make a message unreadable.
    private const int SecretMin = 8;

    private readonly string[] _secrets;

    /// <param name="url">Where it is, secrets and all.</param>
    /// <param name="secrets">What else we send it and nobody may read: a key, a token.</param>
    public HttpTarget(Uri url, params string?[] secrets)
    {
        Name = $"{url.Scheme}://{(url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost)}{(url.IsDefaultPort ? "" : $":{url.Port}")}";
        if (url.UserInfo.Length > 0)
            Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));

        string[] whole = [url.PathAndQuery, url.AbsolutePath, url.Query, url.UserInfo, Authorization?.Parameter ?? "", .. secrets.Select(s => s ?? "")];
        var parts = url.PathAndQuery.Split('/', '?', '&', '=', ';').Concat(url.UserInfo.Split(':')).Where(p => p.Length >= SecretMin);
        _secrets = [.. whole.Where(p => p.Length > 1).Concat(parts).SelectMany(p => new[] { p, Uri.UnescapeDataString(p) }).Distinct().OrderByDescending(p => p.Length)];
    }

    /// <summary>Its scheme, host and port.</summary>
    public string Name { get; }

    /// <summary>The URL's user and password, or <see langword="null"/>.</summary>
    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Text that the target sent, fit for a log: without the secrets that we sent it, on one line, and short.</summary>
    public string Quote(string text, int lengthMax)
    {
        foreach (var secret in _secrets) text = text.Replace(secret, "…", StringComparison.OrdinalIgnoreCase);
        return VisibleText.Of(text.Trim(), lengthMax);
    }
}
