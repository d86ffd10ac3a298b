using System.Collections.Immutable;
using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>What somebody wants silenced.</summary>
/// <param name="Id">The silence that is changed; empty: a new one.</param>
/// <param name="Matchers">What an incident's labels must be like.</param>
/// <param name="StartsAt">From when on; <see langword="null"/> or in the past: from now on.</param>
/// <param name="EndsAt">Until when.</param>
/// <param name="CreatedBy">Who.</param>
/// <param name="Comment">Why.</param>
public sealed record SilenceWish(string Id, ImmutableArray<LabelMatcher> Matchers, DateTimeOffset? StartsAt, DateTimeOffset EndsAt, string CreatedBy, string Comment)
{
    /// <summary>As it would be from a moment on.</summary>
    public Silence At(DateTimeOffset now) => new()
    {
        Id = Id, Matchers = Matchers, StartsAt = StartsAt is { } start && start > now ? start : now, EndsAt = EndsAt, CreatedBy = CreatedBy.Trim(), Comment = Comment.Trim(), UpdatedAt = now,
    };
}

/// <summary>What became of it.</summary>
/// <param name="Silence">The silence after it; <see langword="null"/> when there is none of this id, or nothing was done.</param>
/// <param name="Refusal">Why nothing was done, in words for a person; empty when it was, or when there is no such silence.</param>
public readonly record struct SilenceResult(Silence? Silence, string Refusal = "");

/// <summary>Makes, changes and ends silences, each in a pass of its own, as people's actions on incidents are done.</summary>
public static class SilenceActions
{
    /// <summary>
    /// Makes one, or changes the one with this id. As Alertmanager has it: what is over, or would then hide something else or from another moment on, ends and
    /// a new one takes its place, so that what a silence hid can still be read from it later.
    /// </summary>
    public static async ValueTask<SilenceResult> SetAsync(IIncidentStore store, SilenceWish wish, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(wish);
        var made = wish.At(now);
        if (SilenceRules.Mistakes(made, now) is { Count: > 0 } mistakes) return new SilenceResult(null, string.Join(' ', mistakes));
        var pass = await store.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (pass.ConfigureAwait(false))
        {
            var all = await pass.SilencesAsync(cancellationToken).ConfigureAwait(false);
            var known = wish.Id.Length == 0 ? null : all.FirstOrDefault(one => one.Id == wish.Id);
            if (wish.Id.Length > 0 && known is null) return default;
            if (known is not null && StaysItself(known, wish, now))
            {
                made = made with { StartsAt = known.StateAt(now) == SilenceState.Active ? known.StartsAt : made.StartsAt };
            }
            else
            {
                made = made with { Id = Silence.IdOf(made) };
                var open = all.Count(one => one.StateAt(now) != SilenceState.Expired && one.Id != known?.Id);
                if (open >= SilenceRules.OpenMax)
                    return new SilenceResult(null, string.Create(CultureInfo.InvariantCulture, $"There are {SilenceRules.OpenMax} silences that have not ended, which is the limit; expire some first."));
                if (known is not null && known.StateAt(now) != SilenceState.Expired) pass.Save(Ended(known, now));
            }

            pass.Save(made);
            Forget(pass, all, now);
            await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
            return new SilenceResult(made);
        }
    }

    /// <summary>Ends one now.</summary>
    public static async ValueTask<SilenceResult> ExpireAsync(IIncidentStore store, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var pass = await store.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (pass.ConfigureAwait(false))
        {
            var all = await pass.SilencesAsync(cancellationToken).ConfigureAwait(false);
            if (all.FirstOrDefault(one => one.Id == id) is not { } known) return default;
            if (known.StateAt(now) == SilenceState.Expired) return new SilenceResult(known, "It has ended already.");
            var ended = Ended(known, now);
            pass.Save(ended);
            Forget(pass, all, now);
            await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
            return new SilenceResult(ended);
        }
    }

    private static bool StaysItself(Silence known, SilenceWish wish, DateTimeOffset now) => known.Matchers.SequenceEqual(wish.Matchers) && known.StateAt(now) switch
    {
        SilenceState.Expired => false,
        SilenceState.Pending => true,
        _ => wish.StartsAt is not { } start || start <= now,
    };

    private static Silence Ended(Silence silence, DateTimeOffset now) => silence with { StartsAt = silence.StartsAt > now ? now : silence.StartsAt, EndsAt = now, UpdatedAt = now };

    private static void Forget(IIncidentPass pass, IReadOnlyList<Silence> all, DateTimeOffset now)
    {
        var over = all.Where(one => one.StateAt(now) == SilenceState.Expired).OrderByDescending(one => one.EndsAt).ToList();
        foreach (var old in over.Where((one, i) => i >= SilenceRules.ExpiredMax || one.EndsAt < now - SilenceRules.Kept)) pass.Remove(old);
    }
}
