using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Simulator.Tests.Telling;

/// <summary>
/// Goal: whatever a fleet, a queue, a receiver and the machines do, every failure is told, none twice, what is well again is over, and nothing is lost.
/// Method: the simulated fleet's events through a channel that repeats, delays and reorders them and gives again what was not acknowledged; two processes that
/// fight for the lease, stand still and end between any two writes; a receiver that fails, and that takes what it says it did not. One seed decides all. After
/// quiet the store and what arrived are compared with what the fleet did.
/// </summary>
public sealed class FleetTellingTests
{
    // A fleet begins with all that runs, and nothing fails in its first minutes.
    private const int FirstLine = 700;
    private const int LinesASeed = 800;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public Task All_is_told_once_and_ends_as_it_should() => RunAsync(1, 4);

    [Fact]
    [Trait("Category", "slow")]
    public Task All_is_told_once_and_ends_as_it_should_over_many_seeds() =>
        RunAsync(int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), out var given) ? given : 1_000, 200);

    private static async Task RunAsync(int first, int seeds)
    {
        for (var seed = first; seed < first + seeds; seed++)
        {
            var wrong = await new World(seed).RunAsync();
            Assert.True(wrong.Count == 0, $"{string.Join("\n", wrong.Take(10))}\nagain: CROWSNEST_SEED={seed} ./test {nameof(FleetTellingTests)}");
        }
    }

#pragma warning disable CA1001 // A store in memory holds nothing but memory.
    private sealed class World
#pragma warning restore CA1001
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly ManualTime _time = new(SimulatedStream.Start);
        private readonly InMemoryStore _store;
        private readonly MemoryLease _lease = new();
        private readonly SimulatedReceiver _receiver;
        private readonly SimulatedProcess?[] _processes = new SimulatedProcess?[2];
        private readonly DateTimeOffset[] _standsUntil = new DateTimeOffset[2];
        private readonly PriorityQueue<EcsEvent, DateTimeOffset> _channel = new();
        private readonly List<EcsEvent> _sent = [];
        private readonly HashSet<string> _crashedWith = new(StringComparer.Ordinal);
        private double _crashes;
        private long _taken;
        private int _born;
        private int? _sender;

        public World(int seed)
        {
            (_seed, _random) = (seed, new Random(seed));
            _store = new InMemoryStore(_time);
            _receiver = new SimulatedReceiver(_random, _time) { Fails = 0.2, WhileSending = WhileSendingAsync };
        }

        public async Task<List<string>> RunAsync()
        {
            Fill();
            _crashes = 0.02;
            while (_channel.Count > 0) await StepAsync();
            (_crashes, _receiver.Fails) = (0, 0);
            for (var quiet = 0; quiet < 180; quiet++)
            {
                _time.Advance(TimeSpan.FromSeconds(60));
                foreach (var process in new[] { 0, 1 }) await TellAsync(process);
            }

            var wrong = await CheckAsync();
            foreach (var process in _processes) await EndAsync(process);
            return wrong;
        }

        private void Fill()
        {
            var decoder = new EventDecoder();
            foreach (var line in SimulatedStream.Take(FirstLine + LinesASeed, (ulong)_seed, new DeliveryOptions { Duplicates = 3, OutOfOrder = 10 }).Skip(FirstLine))
            {
                var one = ((Decoded.Ok)decoder.Decode(line.Json.ToArray(), line.At)).Event;
                _sent.Add(one);
                Give(one, line.At);
            }
        }

        // Most come within seconds; some wait for minutes in the queue.
        private void Give(EcsEvent one, DateTimeOffset at) => _channel.Enqueue(one, at.AddSeconds(_random.Next(20) == 0 ? _random.Next(600) : _random.Next(15)));

        private async Task StepAsync()
        {
            _time.Advance(TimeSpan.FromSeconds(_random.Next(1, 20)));
            for (var process = 0; process < 2; process++)
            {
                if (_random.Next(60) == 0) _standsUntil[process] = _time.GetUtcNow().AddSeconds(_random.Next(5, 90));
            }

            // One of them reads the queue; both tell.
            if (_standsUntil[0] <= _time.GetUtcNow()) await TakeAsync();
            foreach (var process in _random.Next(2) == 0 ? new[] { 0, 1 } : [1, 0]) await TellAsync(process);
        }

        private async Task TakeAsync()
        {
            for (var batches = _random.Next(1, 4); batches > 0; batches--)
            {
                var batch = new List<EcsEvent>();
                while (batch.Count < _random.Next(1, 40) && _channel.TryPeek(out var one, out var at) && at <= _time.GetUtcNow())
                {
                    _channel.Dequeue();
                    batch.Add(one);
                }

                if (batch.Count == 0) return;
                try
                {
                    await Process(0).TakeAsync(batch, Cancel);
                    _taken += batch.Count;

                    // Perhaps the acknowledgement is lost: all of it comes again.
                    if (_random.Next(30) == 0) foreach (var one in batch) Give(one, _time.GetUtcNow());
                }
                catch (SimulatedCrashException)
                {
                    await CrashAsync(0);
                    foreach (var one in batch) Give(one, _time.GetUtcNow().AddSeconds(30));
                    return;
                }
            }
        }

        private async Task TellAsync(int process)
        {
            if (_standsUntil[process] > _time.GetUtcNow()) return;
            var outer = _sender;
            _sender = process;
            var before = _receiver.Arrived.Count;
            try
            {
                var watermark = _channel.TryPeek(out _, out var oldest) && oldest < _time.GetUtcNow() ? oldest : _time.GetUtcNow();
                await Process(process).TellAsync(watermark, Cancel);
            }
            catch (SimulatedCrashException)
            {
                // What arrived in this pass may not be recorded.
                foreach (var (message, _) in _receiver.Arrived.Skip(before)) _crashedWith.Add(message.NotificationId);
                await CrashAsync(process);
            }
            finally
            {
                _sender = outer;
            }
        }

        // A receiver that takes its time, while the other process looks for what is due. One that hangs for longer than the lease lasts may be sent it twice.
        private async Task WhileSendingAsync(Notification notification)
        {
            if (_sender is not { } sender || _crashes == 0 || _random.Next(8) > 0) return;
            var hangs = _random.Next(4) == 0;
            if (hangs) _crashedWith.Add(notification.NotificationId);
            _sender = null;
            _time.Advance(TimeSpan.FromSeconds(hangs ? _random.Next(20, 60) : _random.Next(1, 8)));
            await TellAsync(1 - sender);
            _sender = sender;
        }

        private SimulatedProcess Process(int process) =>
            _processes[process] ??= new SimulatedProcess($"p{process}-{++_born}", _store, _lease, _receiver, _time, _random, () => _crashes);

        private async Task CrashAsync(int process)
        {
            await EndAsync(_processes[process]);
            _processes[process] = null;
        }

        private static async Task EndAsync(SimulatedProcess? process)
        {
            if (process is null) return;
            try
            {
                await process.DisposeAsync();
            }
            catch (SimulatedCrashException)
            {
                // It has ended already.
            }
        }

        private async Task<List<string>> CheckAsync()
        {
            var wrong = new List<string>();
            var incidents = await _store.Incidents.IncidentsAsync(100_000, Cancel);
            var firings = await FiringsAsync(incidents);
            var expected = Expected();
            if (expected.Count < 5) wrong.Add($"only {expected.Count} failed: this tries nothing");
            foreach (var id in expected.Except(firings.Select(f => f.Id), StringComparer.Ordinal)) wrong.Add($"{id} failed, and no incident has it");
            foreach (var id in firings.Select(f => f.Id).Except(expected, StringComparer.Ordinal)) wrong.Add($"{id} did not fail, and an incident has it");
            foreach (var untold in incidents.Where(i => i.ToldAt is null)) wrong.Add($"incident {untold.Id} ({untold.Lead.Summary}) is untold: {untold.Untold}");
            if (incidents.Sum(i => i.Count) != firings.Count) wrong.Add($"incidents count {incidents.Sum(i => i.Count)}, and have {firings.Count}");
            wrong.AddRange(Twice(incidents));
            wrong.AddRange(incidents.Where(i => i.State == IncidentState.Firing).Select(i => $"incident {i.Id} goes on after three quiet hours"));
            wrong.AddRange(await UnendedAsync(incidents));
            wrong.AddRange(await LostAsync());
            return wrong;
        }

        private async Task<List<Firing>> FiringsAsync(IReadOnlyList<Incident> incidents)
        {
            await using var pass = await _store.Incidents.BeginAsync(Cancel);
            var all = new List<Firing>();
            foreach (var incident in incidents) all.AddRange(await pass.FiringsOfAsync(incident.Id, 10_000, Cancel));
            return all;
        }

        // What the rule says of the whole story: of each task all that its events say together, whatever came first.
        private HashSet<string> Expected()
        {
            var (rules, diagnoser, made) = (new ShippedRules([ShippedRules.TaskFailed]), new EventDiagnoser(), new List<Firing>());
            foreach (var events in _sent.GroupBy(e => e.Detail is TaskDetail ? e.TaskId : e.Key.ToString(), StringComparer.Ordinal))
            {
                StopEvidence? evidence = null;
                foreach (var one in events) evidence = StopEvidence.MergeAny(evidence, StopEvidence.From(one));
                var last = events.Last();
                rules.Evaluate(last, evidence is null ? diagnoser.Diagnose(last) : diagnoser.Diagnose(evidence), made);
            }

            return [.. made.Where(f => !f.IsRecovery).Select(f => f.Id)];
        }

        // A message may come again with its id where nobody could say that it had arrived. Whoever is told of another incident of the group is shown this one too; as
        // news it comes once, and again when it was reopened.
        private IEnumerable<string> Twice(IReadOnlyList<Incident> incidents)
        {
            foreach (var message in _receiver.Arrived.GroupBy(a => a.Message.NotificationId).Where(g => g.Count() > 1 && !_receiver.Unanswered.Contains(g.Key) && !_crashedWith.Contains(g.Key)))
                yield return $"message {message.Key} arrived {message.Count()} times";
            foreach (var incident in incidents)
            {
                var told = _receiver.Arrived.SelectMany(a => a.Message.Incidents.Where(i => i.Id == incident.Id && (i.IsNews || i.IsResolved)).Select(i => (a.Message.NotificationId, i.IsResolved))).Distinct().ToList();
                var (begun, ended) = (told.Count(t => !t.IsResolved), told.Count(t => t.IsResolved));
                var reopened = incident.Steps.Count(s => s.Kind == StepKind.Reopened);
                if (begun > 1 + reopened || ended > 1 + reopened || begun + ended == 0) yield return $"incident {incident.Id}, reopened {reopened} times, was told {begun} times to go on and {ended} times to be over";
            }
        }

        // A service that was well again after its last failure has no incident that did not end by it.
        private async Task<List<string>> UnendedAsync(IReadOnlyList<Incident> incidents)
        {
            var (diagnoser, rules, recovered) = (new EventDiagnoser(), new ShippedRules([]), new List<Firing>());
            foreach (var one in _sent) rules.Evaluate(one, diagnoser.Diagnose(one), recovered);
            await Task.CompletedTask;
            return
            [
                .. from incident in incidents
                   where incident.State == IncidentState.Expired && !incident.Lead.Labels.ContainsKey("instance")
                   let service = incident.Lead.Labels.GetValueOrDefault("service", "")
                   let last = recovered.Where(r => service.Length > 0 && r.Labels.GetValueOrDefault("service") == service && r.Labels.GetValueOrDefault("cluster") == incident.Lead.Labels["cluster"]
                       && r.Labels["account"] == incident.Lead.Labels["account"] && r.Labels["region"] == incident.Lead.Labels["region"]).Select(r => r.OccurredAt).DefaultIfEmpty().Max()
                   where last > incident.LastAt
                   select $"incident {incident.Id} expired, though {service} was well again at {last:O} after {incident.LastAt:O}",
            ];
        }

        private async Task<List<string>> LostAsync()
        {
            var wrong = new List<string>();
            var distinct = _sent.Select(e => e.Key).Distinct().Count();
            var sums = (await _store.AccountingAsync(Cancel)).Values.Single();
            if (sums.Received != sums.Stored + sums.Duplicates + sums.Quarantined || sums.Stored != distinct || sums.Quarantined != 0) wrong.Add($"{distinct} events were sent: {sums}");
            if (sums.Received < _taken) wrong.Add($"{_taken} were acknowledged: {sums}");
            var outbox = await _store.Incidents.OutboxAsync(null, 100_000, Cancel);
            wrong.AddRange(outbox.Where(o => o.Entry.State != OutboxState.Sent).Select(o => $"message {o.Entry.Id} is {o.Entry.State}: {o.Entry.LastError}"));
            if (await _store.Incidents.NextDueAsync(Cancel) is { } due && due < _time.GetUtcNow()) wrong.Add($"something was due at {due:O} and not looked at");
            return wrong;
        }
    }
}
