using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>Whose events are synthetic: sent to try the whole way, under a source of their own and with a nonce that is this deployment's.</summary>
/// <remarks>
/// The nonce is what lets its holder raise a synthetic alarm, so it is compared in fixed time and never kept: where it is right, <see cref="Verified"/> takes its
/// place in the event's bytes, and <c>***</c> the place of any other. Together with the list of masked values that says for ever what the event was when it came:
/// nobody else can put <see cref="Verified"/> there and have it listed as masked.
/// </remarks>
public sealed class SyntheticSource
{
    /// <summary>How far from our clock its time may be: an old one that is sent again raises nothing.</summary>
    public static readonly TimeSpan TimeMax = TimeSpan.FromDays(1);

    private const string Path = "detail.crowsnest.synthetic.nonce";
    private const string Pointer = "/detail/crowsnest/synthetic/nonce";

    private static readonly Masker Finder = new(new MaskingOptions { Environment = false, Paths = [Path] });

    private readonly byte[] _source;
    private readonly byte[] _nonce;

    /// <summary>Events of this source, with this nonce.</summary>
    public SyntheticSource(string source, string nonce)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(nonce);
        (_source, _nonce) = (Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(nonce));
    }

    /// <summary>What is kept in the place of the right nonce.</summary>
    internal static ReadOnlySpan<byte> Verified => "\"verified\""u8;

    /// <summary>Whether this is the source.</summary>
    internal bool Is(ReadOnlySpan<byte> json, JsonRange source) => source.IsPresent && JsonText.Is(json, source, _source);

    /// <summary>Where nonces stand: one, unless a member is repeated.</summary>
    internal static FoundValues Find(ReadOnlySpan<byte> json) => Finder.Find(json);

    /// <summary>Whether the one nonce that is there is the right one.</summary>
    internal bool Holds(ReadOnlySpan<byte> json, FoundValues found)
    {
        if (found.Places is not [var (start, end)] || end - start < 2 || json[start] != (byte)'"') return false;
        var inside = json[(start + 1)..(end - 1)];
        var plain = new byte[inside.Length];
        return CryptographicOperations.FixedTimeEquals(plain.AsSpan(0, JsonText.Unescape(inside, plain)), _nonce);
    }

    /// <summary>Whether the nonce was right when the event came, by what is kept of it.</summary>
    internal static bool Held(ReadOnlySpan<byte> json, IReadOnlyList<string> masked) =>
        masked.Contains(Pointer) && Find(json).Places is [var (start, end)] && json[start..end].SequenceEqual(Verified);

    /// <summary>Whether a time is near enough to when the event came; that of an event without a time of its own is 1970, and never is.</summary>
    internal static bool IsNear(long unixMilliseconds, DateTimeOffset receivedAt) =>
        Math.Abs(receivedAt.ToUnixTimeMilliseconds() - (decimal)unixMilliseconds) <= (decimal)TimeMax.TotalMilliseconds;
}
