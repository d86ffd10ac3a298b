using System.Globalization;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.Aws.Tests.DynamoDb;

public sealed class DynamoPauseTests : IAsyncDisposable
{
    private readonly DynamoPlace _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _place.DisposeAsync();

    // Goal: a holder that was paused before it carried out its journal undoes nothing of what came later. Method: while it is paused another takes over, carries the
    // journal out, and decides otherwise; then the first goes on.
    [Fact]
    public async Task A_holder_that_was_paused_while_it_carried_out_a_pass_undoes_nothing()
    {
        const int Many = 120;
        var first = await _place.OpenAsync();
        await using var second = await _place.AnotherAsync();
        _place.OnReached(first, step =>
        {
            Assert.Equal("journal", step);
            OtherwiseAsync(second).GetAwaiter().GetResult();
        });
        await using (var pass = await first.Incidents.BeginAsync(Cancel))
        {
            for (var i = 0; i < Many; i++) pass.Save(SomeIncident.Of(Name(i)));
            await Assert.ThrowsAsync<StoreException>(async () => await pass.CommitAsync(Cancel));
        }

        var incidents = await second.Incidents.IncidentsAsync(999, Cancel);
        Assert.Equal(Many, incidents.Count);
        Assert.All(incidents, incident => Assert.Equal(IncidentState.Expired, incident.State));
        _place.OnReached(first, null);

        async Task OtherwiseAsync(IStore store)
        {
            Assert.False(await store.Incidents.LeadAsync(Cancel));
            _place.Time.Advance(TimeSpan.FromSeconds(16));
            Assert.True(await store.Incidents.LeadAsync(Cancel));
            await using var pass = await store.Incidents.BeginAsync(Cancel);
            for (var i = 0; i < Many; i++) pass.Save((await pass.IncidentAsync(Name(i), Cancel))! with { State = IncidentState.Expired });
            await pass.CommitAsync(Cancel);
        }
    }

    private static string Name(int i) => "i" + i.ToString("D3", CultureInfo.InvariantCulture);
}
