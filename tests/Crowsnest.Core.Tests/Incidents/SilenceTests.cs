using Crowsnest.Core.Incidents;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Core.Tests.Incidents;

public sealed class SilenceTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = Some.Noon;

    private readonly InMemoryStore _store = new(new ManualTime(Noon));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("cluster=~.*", 60, "anna", "why", "everything")]
    [InlineData("cluster!=prod", 60, "anna", "why", "everything")]
    [InlineData("cluster=prod", 0, "anna", "why", "end after it starts")]
    [InlineData("cluster=prod", 60, " ", "why", "author")]
    [InlineData("cluster=prod", 60, "anna", "", "comment")]
    public async Task A_silence_that_hides_all_or_nothing_or_has_no_author_or_reason_is_refused(string matchers, int minutes, string by, string comment, string expected)
    {
        var (silence, refusal) = await SetAsync(new SilenceWish("", MatcherText.Parse(matchers), null, Noon.AddMinutes(minutes), by, comment));

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.Null(silence);
        Assert.Empty(await AllAsync());
    }

    [Fact]
    public async Task What_begins_later_is_pending_then_active_then_expired()
    {
        var silence = (await SetAsync(Wish() with { StartsAt = Noon.AddMinutes(5) })).Silence!;

        Assert.Equal((SilenceState.Pending, SilenceState.Active), (At(4), At(5)));
        Assert.Equal((SilenceState.Active, SilenceState.Expired), (At(59), At(60)));
        Assert.Equal(8, Guid.Parse(silence.Id).Version);

        SilenceState At(int minute) => silence.StateAt(Noon.AddMinutes(minute));
    }

    [Fact]
    public async Task A_changed_end_or_comment_leaves_it_the_same_and_other_matchers_make_another()
    {
        var first = (await SetAsync(Wish())).Silence!;
        var longer = (await SetAsync(Wish() with { Id = first.Id, EndsAt = Noon.AddHours(3), Comment = "takes longer" }, 10)).Silence!;
        Assert.Equal((first.Id, Noon, Noon.AddHours(3), "takes longer"), (longer.Id, longer.StartsAt, longer.EndsAt, longer.Comment));

        var other = (await SetAsync(Wish() with { Id = first.Id, Matchers = MatcherText.Parse("cluster=test") }, 20)).Silence!;

        Assert.NotEqual(first.Id, other.Id);
        Assert.Equal(SilenceState.Expired, (await AllAsync()).Single(s => s.Id == first.Id).StateAt(Noon.AddMinutes(20)));
        Assert.Equal(default, await SetAsync(Wish() with { Id = "none" }));
    }

    [Fact]
    public async Task It_ends_once_by_hand()
    {
        var silence = (await SetAsync(Wish())).Silence!;

        Assert.Equal(Noon.AddMinutes(1), (await ExpireAsync(silence.Id, 1)).Silence!.EndsAt);
        Assert.Equal("It has ended already.", (await ExpireAsync(silence.Id, 2)).Refusal);
        Assert.Equal(default, await ExpireAsync("none", 2));

        // As Alertmanager has it: what is over does not begin again under its old id.
        Assert.NotEqual(silence.Id, (await SetAsync(Wish() with { Id = silence.Id }, 3)).Silence!.Id);
    }

    [Fact]
    public async Task There_is_a_bound_and_what_ended_leaves_after_five_days()
    {
        await using (var pass = await _store.Incidents.BeginAsync(Cancel))
        {
            for (var i = 0; i < SilenceRules.OpenMax; i++) pass.Save(SomeIncident.Silence($"s{i:d4}", MatcherText.Parse("cluster=prod")));
            await pass.CommitAsync(Cancel);
        }

        Assert.Contains("1000 silences", (await SetAsync(Wish())).Refusal, StringComparison.Ordinal);
        Assert.Equal("", (await SetAsync(Wish() with { Id = "s0007", EndsAt = Noon.AddDays(9) })).Refusal);
        Assert.Equal("", (await SetAsync(Wish() with { EndsAt = Noon.AddDays(9) }, 60)).Refusal);

        var late = 60 + (5 * 24 * 60);
        await SetAsync(Wish() with { EndsAt = Noon.AddDays(9) }, late);
        Assert.Equal(1_002, (await AllAsync()).Count);
        await SetAsync(Wish() with { EndsAt = Noon.AddDays(9) }, late + 1);
        Assert.Equal(4, (await AllAsync()).Count);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static SilenceWish Wish() => new("", MatcherText.Parse("cluster=prod"), null, Noon.AddHours(1), "anna", "deploy");

    private async Task<SilenceResult> SetAsync(SilenceWish wish, int minute = 0) => await SilenceActions.SetAsync(_store.Incidents, wish, Noon.AddMinutes(minute), Cancel);

    private async Task<SilenceResult> ExpireAsync(string id, int minute) => await SilenceActions.ExpireAsync(_store.Incidents, id, Noon.AddMinutes(minute), Cancel);

    private async Task<IReadOnlyList<Silence>> AllAsync() => await _store.Incidents.SilencesAsync(Cancel);
}
