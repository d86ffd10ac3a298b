using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Crowsnest.Core.Incidents;

/// <summary>Nobody is told of incidents with these labels for a while: somebody said so, and why.</summary>
public sealed record Silence
{
    /// <summary>Its id: a UUID in text, as Alertmanager's tools expect.</summary>
    public required string Id { get; init; }

    /// <summary>What an incident's labels must be like; all of them.</summary>
    public required ImmutableArray<LabelMatcher> Matchers { get; init; }

    /// <summary>From when on it hides.</summary>
    public required DateTimeOffset StartsAt { get; init; }

    /// <summary>From when on it hides no more.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Comment { get; init; }

    /// <summary>When it was last written, by our clock.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Where it stands at a moment.</summary>
    public SilenceState StateAt(DateTimeOffset now) => EndsAt <= now ? SilenceState.Expired : StartsAt > now ? SilenceState.Pending : SilenceState.Active;

    /// <summary>Whether it is meant for an incident with these labels.</summary>
    public bool Covers(ImmutableSortedDictionary<string, string> labels) => Matchers.All(matcher => matcher.Holds(labels));

    /// <summary>Who and why: <c>Silenced by anna: deploy</c>.</summary>
    public string InWords() => $"Silenced by {VisibleText.Of(CreatedBy, SilenceRules.NameMax)}: {VisibleText.Of(Comment, 200)}";

    // Made of the content and the moment, so that the same wish twice gives two and nothing here needs chance.
    internal static string IdOf(Silence silence)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(',', silence.Matchers)}\n{silence.StartsAt.UtcTicks}\n{silence.EndsAt.UtcTicks}\n{silence.CreatedBy}\n{silence.Comment}\n{silence.UpdatedAt.UtcTicks}");
        var bytes = XxHash128.Hash(Encoding.UTF8.GetBytes(text));

        // RFC 9562: version 8 is for whoever makes them in a way of their own.
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D", CultureInfo.InvariantCulture);
    }
}

/// <summary>Where a silence stands.</summary>
public enum SilenceState
{
    /// <summary>It begins later.</summary>
    Pending,

    /// <summary>It hides.</summary>
    Active,

    /// <summary>It is over.</summary>
    Expired,
}
