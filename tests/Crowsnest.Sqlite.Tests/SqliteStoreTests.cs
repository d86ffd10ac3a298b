using System.Globalization;
using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;

namespace Crowsnest.Sqlite.Tests;

public sealed class SqliteStoreTests : IDisposable
{
    private static readonly EventDiagnosis Nothing = new(new Cause("", "", ""), EventOutcome.Info, Severity.Info);
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_phrase_is_found_within_one_value_only()
    {
        await using var store = Open();
        await CommitAsync(store, Enumerable.Range(0, 100).Select(Event));

        var together = await FindAsync(store, "task", "exited", "with", "3");
        var apart = await FindAsync(store, "exited", "task");

        Assert.Equal(Enumerable.Range(0, 100).Where(i => i % 5 == 3).Select(i => Event(i).Key).OrderDescending(), together);
        Assert.Empty(apart);
    }

    [Fact]
    public async Task A_folder_of_a_newer_version_is_refused_and_left_alone()
    {
        await using (Open())
        {
        }

        using (var database = SqliteDatabase.Open(_folder, syncEachCommit: true, Schema.Migrations)) SqliteDatabase.Execute(database.Writer, "PRAGMA user_version=99");

        var refused = Assert.Throws<StoreException>(() => Open());
        Assert.Contains("newer Crowsnest", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Hint);
    }

    [Fact]
    public void A_file_that_is_no_database_is_refused_with_a_hint()
    {
        var path = Path.Combine(_folder, SqliteDatabase.FileName);
        File.WriteAllText(path, new string('x', 10_000));

        var refused = Assert.Throws<StoreException>(() => Open());

        Assert.NotEmpty(refused.Hint);
        Assert.Equal(new string('x', 10_000), File.ReadAllText(path));
    }

    // Goal: a day's space is free again, however often freeing it was interrupted. Method: begin again and again with a token that ends it somewhere.
    [Fact]
    public async Task What_a_dropped_day_took_is_free_again_though_dropping_it_was_interrupted()
    {
        await using var store = Open();
        for (var i = 0; i < 300; i++) await CommitAsync(store, [Event(i)]);
        await store.SettleAsync(TestContext.Current.CancellationToken);
        var kept = new Retention { Events = TimeSpan.FromDays(1) };
        var random = new Random(5);
        for (var attempt = 0; attempt < 20; attempt++)
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Next(3_000)));
            try
            {
                await store.DropOldAsync(kept, DateTimeOffset.UnixEpoch.AddYears(100), stop.Token);
            }
            catch (OperationCanceledException)
            {
                // As meant.
            }
        }

        await store.DropOldAsync(kept, DateTimeOffset.UnixEpoch.AddYears(100), TestContext.Current.CancellationToken);

        using var database = SqliteDatabase.OpenToRead(_folder, Schema.Migrations.Count);
        using var reader = database.Read();
        using var ask = reader.Connection.CreateCommand();
        ask.CommandText = "SELECT (SELECT count(*) FROM segment) + (SELECT count(*) FROM segment_chunk) + (SELECT count(*) FROM block) + (SELECT count(*) FROM dropping)";
        Assert.Equal(0L, await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        Assert.Equal(300, (await store.DroppedAsync(TestContext.Current.CancellationToken)).Events);
        await CommitAsync(store, [Event(7)]);
        Assert.Single(await FindAsync(store, "task"));
    }

    // Retention may take a segment while a merge reads it; what was merged must not bring it back.
    [Fact]
    public async Task A_merge_of_what_retention_took_meanwhile_changes_nothing()
    {
        await using (var store = Open())
        {
            for (var i = 0; i < 3; i++) await CommitAsync(store, [Event(i)]);
        }

        using var database = SqliteDatabase.Open(_folder, syncEachCommit: true, Schema.Migrations);
        var catalogue = new SegmentCatalogue();
        var rows = catalogue.List(database.Writer);
        var image = SegmentMerger.Merge([.. rows.Select(row => catalogue.Open(database.Writer, row))], TestContext.Current.CancellationToken);
        SegmentMerging.Drop(database.Writer, rows[1]);

        Assert.False(SegmentMerging.Replace(database.Writer, rows, image));
        Assert.Equal([rows[0].Id, rows[2].Id], catalogue.List(database.Writer).Select(row => row.Id));
    }

    private static async Task<IEnumerable<EventKey>> FindAsync(SqliteStore store, params string[] tokens)
    {
        var query = new SearchQuery.Match(Field("stoppedReason"), new SearchValue(string.Join(' ', tokens), 0, tokens));
        var page = await store.Events.SearchAsync(new SearchRequest(query, null, null, 1000), TestContext.Current.CancellationToken);
        return page.Events.Select(e => e.Key);
    }

    private static FieldRef Field(string name) => SearchFields.TryGet(name, out FieldRef field) ? field : throw new ArgumentException(name);

    private static EcsEvent Event(int number) => Event(number, id: $"id-{number}");

    private static EcsEvent Event(int number, string id)
    {
        var json = string.Create(CultureInfo.InvariantCulture, $$$"""
            {"id":"{{{id}}}","detail-type":"ECS Task State Change","source":"aws.ecs","time":"2026-03-02T12:00:00Z","detail":{"group":"service:s{{{number % 7}}}","stoppedReason":"Essential task exited with {{{number % 5}}}","odd":{"n":{{{number}}} } } }
            """);
        var decoded = new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), DateTimeOffset.UnixEpoch.AddDays(20_000));
        var decodedEvent = Assert.IsType<Decoded.Ok>(decoded).Event;
        Assert.Equal(id, decodedEvent.Id);
        return decodedEvent;
    }

    private static async Task CommitAsync(SqliteStore store, IEnumerable<EcsEvent> events)
    {
        var batch = events.Select(e => new DiagnosedEvent(e, Nothing)).ToArray();
        await store.CommitAsync(
            new Commit
            {
                Source = "test",
                ReceivedAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
                Accounting = new Accounting(batch.Length, batch.Length, 0, 0, 0, 0),
                Events = batch,
            },
            TestContext.Current.CancellationToken);
    }

    private SqliteStore Open() => SqliteStore.Open(new SqliteStoreOptions { Folder = _folder }, TimeProvider.System);
}
